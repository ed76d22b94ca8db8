import { describe, expect, it } from 'vitest';
import type { ImageSummary } from '../../../src/image/image-summary';
import { checkTarget, tagImage, type Tagged } from '../../../src/image/tag';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { canonicalReference } from '../../../src/oci/reference';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import type { Store } from '../../../src/store/store';
import { stateOf, storeImage } from '../../support/stored-images';

/** docker's rules are held against docker in the transcripts; here is what the page asks. */

const variants = [{ config: 'web', layers: ['base'] }];
const WEB = 'docker.io/library/web:1';

function tag(store: Store, source: string, target: string): Promise<Tagged> {
  const now = (): number => 7;
  return tagImage(store, { source, target: checkTarget(target), platform: DEFAULT_PLATFORM, now });
}

describe('checkTarget', () => {
  it.each([
    ['web', 'docker.io/library/web:latest'],
    ['docker.io/library/web:2', 'docker.io/library/web:2'],
    ['localhost:5000/team/app:v1', 'localhost:5000/team/app:v1'],
  ])('takes %s', (text, name) => {
    expect(canonicalReference(checkTarget(text))).toBe(name);
  });

  it.each([
    ['', 'bad-reference', 'invalid reference format'],
    [
      'Web',
      'bad-reference',
      'invalid reference format: repository name (library/Web) must be lowercase',
    ],
    ['UPPER/web', 'bad-reference', 'invalid reference format: repository name must be lowercase'],
    [`web:${'t'.repeat(129)}`, 'bad-reference', 'invalid reference format'],
    [
      `acme/${'a'.repeat(250)}`,
      'bad-reference',
      'repository name must not be more than 255 characters',
    ],
    [`web@sha256:${'1'.repeat(64)}`, 'bad-tag', 'refusing to create a tag with a digest reference'],
    [
      `web@sha512:${'1'.repeat(128)}`,
      'bad-tag',
      'refusing to create a tag with a digest reference',
    ],
    ['sha256:1', 'bad-tag', 'refusing to create an ambiguous tag using digest algorithm as name'],
  ])('refuses %j', (text, code, message) => {
    expect(() => checkTarget(text)).toThrow(expect.objectContaining({ code, message }));
  });
});

describe('tagImage', () => {
  it('moves a name, says from where, and leaves the image that had it', async () => {
    const store = await openMemoryStore();
    const web = await storeImage(store, { variants, names: [WEB] });
    const other = await storeImage(store, { variants: [{ config: 'other', layers: [] }] });
    const [id] = (other.summary as ImageSummary).platforms.map(({ imageId }) => imageId);
    expect(await tag(store, id!, 'web:1')).toEqual({
      name: WEB,
      imageId: id,
      previous: web.target.digest,
    });
    expect((await store.refs.resolve(WEB))?.digest).toBe(other.target.digest);
    expect((await stateOf(store)).images).toHaveLength(2);
  });

  it('keeps when the image was last tagged', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB] });
    expect(await tag(store, 'web:1', 'web:2')).not.toHaveProperty('previous');
    expect((await stateOf(store)).images).toMatchObject([{ storedAt: 7 }]);
  });

  it('of an image in two forms points to the one that the source names', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB], form: 'archive' });
    const digest = `docker.io/library/web@sha256:${'1'.repeat(64)}`;
    const pulled = await storeImage(store, {
      variants,
      repoDigests: [digest],
      names: ['docker.io/library/web:2'],
      form: 'registry',
    });
    await tag(store, 'web:2', 'mine:1');
    await tag(store, digest, 'mine:2');
    for (const name of ['mine:1', 'mine:2']) {
      const target = await store.refs.resolve(`docker.io/library/${name}`);
      expect(target?.digest).toBe(pulled.target.digest);
    }
  });

  it('changes nothing once it is aborted', async () => {
    const store = await openMemoryStore();
    await storeImage(store, { variants, names: [WEB] });
    const before = await stateOf(store);
    const request = {
      source: 'web:1',
      target: checkTarget('web:2'),
      platform: DEFAULT_PLATFORM,
      now: () => 7,
    };
    await expect(tagImage(store, request, { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(await stateOf(store)).toEqual(before);
  });
});
