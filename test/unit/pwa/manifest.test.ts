import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifest } from '../../../src/pwa/manifest';

const pictures = [...manifest.icons, ...manifest.screenshots].filter(
  ({ type }) => type === 'image/png',
);

const SIGNATURE = '89504e470d0a1a0a';

/** Width and height of a PNG in pixels, of its first chunk. https://www.w3.org/TR/png-3/#11IHDR */
function sizeOf(path: string): string {
  const bytes = readFileSync(path);
  expect(bytes.toString('hex', 0, 8), path).toBe(SIGNATURE);
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

describe('the web app manifest', () => {
  it.each(pictures)('names $src, which is there and as large as it says', ({ src, sizes }) => {
    expect(sizeOf(`public/${src}`)).toBe(sizes);
  });

  it('has one icon for systems that cut icons to a shape, and it is no other', () => {
    const [maskable, ...more] = manifest.icons.filter((icon) => icon.purpose === 'maskable');
    expect(more).toEqual([]);
    expect(manifest.icons.filter(({ src }) => src === maskable?.src)).toEqual([maskable]);
  });

  it('has a screenshot for phones and one for desktops, each small and within the bounds of installers', () => {
    const factors = manifest.screenshots.map((screenshot) => screenshot.form_factor);
    expect(factors.toSorted()).toEqual(['narrow', 'wide']);
    for (const { src, sizes } of manifest.screenshots) {
      const sides = sizes.split('x').map(Number);
      const [longer, shorter] = [Math.max(...sides), Math.min(...sides)];
      // Chromium's: https://developer.chrome.com/docs/android/trusted-web-activity/richer-install-ui
      expect(shorter).toBeGreaterThanOrEqual(320);
      expect(longer).toBeLessThanOrEqual(3840);
      expect(longer / shorter).toBeLessThanOrEqual(2.3);
      expect(readFileSync(`public/${src}`).length).toBeLessThan(150_000);
    }
  });
});
