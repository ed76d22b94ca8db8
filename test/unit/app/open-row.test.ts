import { describe, expect, it } from 'vitest';
import { imageName } from '../../../src/app/library/image-name';
import type { LibraryRow } from '../../../src/app/library/library-row';
import { openRow } from '../../../src/app/library/open-row';
import type { Digest } from '../../../src/oci/digest';
import { encodeUtf8 } from '../../../src/base/bytes';
import { digestOf } from '../../support/archive-builder';

const digest = (text: string): Digest => digestOf(encodeUtf8(text));

/** An image that is listed under the platform `shown`, and has others. */
function row(names: readonly string[], shown: string, others: readonly string[] = []): LibraryRow {
  return {
    key: shown,
    names: names.map(imageName),
    imageId: digest(shown),
    isStored: true,
    shortId: '',
    platforms: [],
    layers: [],
    digests: new Map([shown, ...others].map((name) => [digest(`${name} manifest`), ''])),
    state: { kind: 'verified' },
    searched: '',
  };
}

const opened = (platform: string, ...names: string[]) => ({
  imageId: digest(platform),
  descriptor: { mediaType: '', digest: digest(`${platform} manifest`), size: 1 },
  names,
});

describe('the row of the image that is open', () => {
  const both = row(['a:1'], 'amd64', ['arm64']);
  const twin = row(['b:1'], 'other amd64', ['arm64']);

  it('is that of its ID, or of the image that it is a platform of', () => {
    expect(openRow([twin, both], opened('amd64', 'a:1'))).toBe(both);
    expect(openRow([both], opened('arm64', 'renamed:1'))).toBe(both);
    expect(openRow([both], opened('riscv64', 'a:1'))).toBeUndefined();
  });

  it('is that of its own name where several images have the platform', () => {
    expect(openRow([both, twin], opened('arm64', 'docker.io/library/b:1'))).toBe(twin);
    expect(openRow([both, twin], opened('arm64'))).toBeUndefined();
    const alone = row(['c:1'], 'arm64');
    expect(openRow([both, twin, alone], opened('arm64', 'a:1'))).toBe(alone);
  });

  it('is none while it is being loaded, or where it is in no store', () => {
    expect(openRow([{ ...both, isStored: false }], opened('arm64', 'a:1'))).toBeUndefined();
  });
});
