import { makeProfile } from '../browser-app.mjs';
import { measureListings } from '../listings.mjs';
import { line } from '../report.mjs';

export const name = 'listings';

export async function measure({ url, rounds }) {
  const profile = makeProfile();
  try {
    const listings = await measureListings(url, profile, rounds);
    return listings.map(({ command, milliseconds }) =>
      line(`\`${command}\`, 1,000 images with 5,000 names`, milliseconds, {
        unit: 'ms',
        digits: 0,
        bar: 100,
      }),
    );
  } finally {
    profile.remove();
  }
}
