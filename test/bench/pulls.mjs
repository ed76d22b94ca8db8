import { setTimeout as sleep } from 'node:timers/promises';
import { startRegistry } from '../servers/registry.ts';
import { makeProfile, openApp } from './browser-app.mjs';
import { canRunEngine, withEngine } from './engine.mjs';
import { measureLoad } from './measure.mjs';
import { MemorySampler } from './memory.mjs';
import { median } from './natives.mjs';
import { shell } from './program.mjs';
import { startProxy } from './proxy-process.mjs';

const NAME = 'bench/image:1';
const IDLE_AFTER_MS = 5_000;

/**
 * Pulls an OCI archive's image from a local registry through the proxy, each time with a browser and a profile of its own, and right beside it
 * loads the same layers from the file and has an empty engine pull them. Seconds, and MB over idle; medians.
 */
export async function medianOfPulls(archive, rounds) {
  const registry = await startRegistry();
  const app = await startProxy('dist', [registry.url]);
  const image = `${registry.url.replace('http://', '')}/${NAME}`;
  try {
    const push =
      'skopeo --insecure-policy copy -q --dest-tls-verify=false "oci-archive:$1" "docker://$2"';
    await shell(push, archive, image);
    const results = [];
    for (let n = 0; n < rounds; n++) {
      const pulled = await inProfile((profile) => measurePull(app.url, profile, image));
      const loaded = await inProfile((profile) => measureLoad(app.url, profile, archive));
      results.push({ ...pulled, load: loaded.stored, engine: await enginePull(image) });
    }
    const of = (key) => median(results.map((result) => result[key]));
    return { pull: of('pull'), memory: of('memory'), load: of('load'), engine: of('engine') };
  } finally {
    await app.stop();
    await registry.stop();
  }
}

async function inProfile(measure) {
  const profile = makeProfile();
  try {
    return await measure(profile);
  } finally {
    profile.remove();
  }
}

async function measurePull(url, profile, image) {
  const { context, page } = await openApp(url, profile);
  try {
    await sleep(IDLE_AFTER_MS);
    const memory = new MemorySampler(profile.folder);
    const idle = memory.now();
    memory.start();
    const pull = await page.evaluate(async (command) => {
      const start = performance.now();
      const { exitCode, stderr } = await globalThis.drydock.run(command);
      if (exitCode !== 0) throw new Error(stderr);
      return (performance.now() - start) / 1000;
    }, `docker pull ${image}`);
    return { pull, memory: memory.stop() - idle };
  } finally {
    await context.close();
  }
}

/** Seconds; null where no engine runs here. */
async function enginePull(image) {
  if (!canRunEngine()) return null;
  return withEngine(async (host) => {
    const { seconds } = await shell('docker -H "$1" pull -q "$2"', host, image);
    return seconds;
  });
}
