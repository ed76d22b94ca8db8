import { makeProfile } from './browser-app.mjs';
import { measureLoad } from './measure.mjs';
import { median } from './natives.mjs';
import { shell } from './program.mjs';

/** Reads a file, so that it is in the page cache for every program alike, as a file in use is. */
function warm(file) {
  return shell('cat "$1" > /dev/null', file);
}

/**
 * Medians of several loads, each with a browser and a profile of its own, and each with the native program right beside it.
 * @param {{ rounds: number, native?: (file: string) => Promise<number | null> }} options
 * @returns {Promise<{ firstRows: number, stored: number, memory: number, beside: number | null }>} As `measureLoad`; `beside` in seconds.
 */
export async function medianOfLoads(url, file, { rounds, native = async () => null }) {
  const results = [];
  for (let n = 0; n < rounds; n++) {
    const profile = makeProfile();
    try {
      await warm(file);
      const beside = await native(file);
      results.push({ ...(await measureLoad(url, profile, file)), beside });
    } finally {
      profile.remove();
    }
  }
  const of = (key) => median(results.map((result) => result[key]));
  return {
    firstRows: of('firstRows'),
    stored: of('stored'),
    memory: of('memory'),
    beside: of('beside'),
  };
}

/** Stores an archive in a profile, then measures with that. */
export async function withStored(url, file, measure) {
  const profile = makeProfile();
  try {
    await measureLoad(url, profile, file);
    return await measure(profile);
  } finally {
    profile.remove();
  }
}
