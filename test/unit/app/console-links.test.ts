import { describe, expect, it } from 'vitest';
import { consoleLinks } from '../../../src/app/console/console-links';
import { outputSpans } from '../../../src/app/console/console-output';
import { tableOf } from '../../../src/app/console/output-names';
import { imageName } from '../../../src/app/library/image-name';
import { digestOfHex, type Digest } from '../../../src/oci/digest';

const digestOf = (digit: string): Digest => digestOfHex(digit.repeat(64));
const [ID, INDEX, MANIFEST, ARM] = ['1', '2', '3', '4'].map(digestOf);
const links = consoleLinks([
  {
    key: 'api',
    names: ['acme/api:1.0', 'nginx:latest', `acme/api@${digestOf('2')}`].map(imageName),
    imageId: digestOf('1'),
    isStored: true,
    shortId: '1'.repeat(12),
    href: '#api',
    platforms: [],
    layers: [],
    digests: new Map([
      [digestOf('2'), '#api'],
      [digestOf('3'), '#api'],
      [digestOf('4'), '#arm'],
    ]),
    state: { kind: 'verified' },
    searched: '',
  },
]);

/** The words that lead somewhere, each with where to. */
function led(text: string): readonly string[] {
  return outputSpans(text, links, tableOf(text)).flatMap((span) =>
    span.href === undefined ? [] : [`${span.text} ${span.href}`],
  );
}

const pull = (name: string): string => `#/pull?${new URLSearchParams({ ref: name }).toString()}`;

describe('words that lead to an image', () => {
  it('are repository and tag, each in its column, and the ID', () => {
    const table = [
      'REPOSITORY   TAG       IMAGE ID       CREATED       SIZE',
      'acme/api     1.0       111111111111   2 weeks ago   5MB',
      'nginx        latest    111111111111   2 weeks ago   5MB',
      '<none>       <none>    999999999999   2 weeks ago   5MB',
    ].join('\n');
    const id = '111111111111 #api';
    expect(led(table)).toEqual(['acme/api #api', '1.0 #api', id, 'nginx #api', 'latest #api', id]);
    expect(led(`Images space usage:\n\n${table}\n\nLocal Volumes space usage:\n`)).toEqual(
      led(table),
    );
  });

  it('are digests of the index, of manifests, and of what was pulled', () => {
    const table = `REPOSITORY   TAG       DIGEST     IMAGE ID\nacme/api     <none>    ${INDEX}   111111111111   `;
    expect(led(table)).toEqual(['acme/api #api', `${INDEX} #api`, '111111111111 #api']);
    expect(led(`"RepoDigests": ["acme/api@${INDEX}"], "Id": "${ID}"`)).toEqual([
      `acme/api@${INDEX} #api`,
      `${ID} #api`,
    ]);
    expect(led(`Digest: ${MANIFEST}\n${ARM}\n${digestOf('9')}`)).toEqual([
      `${MANIFEST} #api`,
      `${ARM} #arm`,
    ]);
  });

  it('are names in the sentences of load, pull and rmi', () => {
    expect(led('Loaded image: acme/api:1.0')).toEqual(['acme/api:1.0 #api']);
    expect(led('1.0: Pulling from acme/api\n111111111111: Pull complete')).toEqual([
      'acme/api #api',
    ]);
    expect(led('Status: Downloaded newer image for nginx:latest')).toEqual(['nginx:latest #api']);
    expect(led('docker.io/library/nginx:latest')).toEqual(['docker.io/library/nginx:latest #api']);
  });
});

describe('names of images that are not here', () => {
  it('lead to the Pull page, as what a search finds does', () => {
    const gone = 'ghcr.io/acme/web:2';
    expect(led(`Untagged: ${gone}\nDeleted: ${digestOf('9')}`)).toEqual([`${gone} ${pull(gone)}`]);
    expect(led('Error: No such image: redis')).toEqual([
      `redis ${pull('docker.io/library/redis')}`,
    ]);
    expect(
      led('REPOSITORY   TAG       IMAGE ID       CREATED\nghcr.io/acme/web   2   999999999999   '),
    ).toEqual([`ghcr.io/acme/web ${pull(gone)}`, `2 ${pull(gone)}`]);
    const found = [
      'NAME                DESCRIPTION                STARS     OFFICIAL',
      'nginx               Official build of Nginx.   19000     [OK]',
      'bitnami/nginx       Bitnami image for a/b:c    190       ',
    ].join('\n');
    expect(led(found)).toEqual(['nginx #api', `bitnami/nginx ${pull('docker.io/bitnami/nginx')}`]);
  });

  it('are not guessed at: paths, addresses, platforms and IDs stay text', () => {
    expect(led('usr/bin  linux/arm64  https://example.com/a:1')).toEqual([]);
    expect(led('Error: No such image: 999999999999')).toEqual([]);
  });
});
