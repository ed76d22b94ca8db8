import { makeProfile } from '../browser-app.mjs';
import { measureListings } from '../listings.mjs';
import { line } from '../report.mjs';

export const name = 'listings';

export async function measure({ url, rounds }) {
  const profile = makeProfile();
  try {
    const { lines, table, completion } = await measureListings(url, profile, rounds);
    const row = (what, milliseconds) =>
      line(`${what}, 1,000 images with 5,000 names`, milliseconds, {
        unit: 'ms',
        digits: 0,
        bar: 100,
      });
    return [
      ...lines.map(({ command, milliseconds }) => row(`\`${command}\``, milliseconds)),
      row('the page’s table of images until its rows', table),
      row('names that complete what is typed', completion),
    ];
  } finally {
    profile.remove();
  }
}
