import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApp } from './browser-app.mjs';
import { median } from './natives.mjs';
import { tar } from './tar.mjs';

const IMAGES = 1000;
const TAGS = 5;

/** What lists all or many of them. */
const LINES = [
  'docker images',
  'docker images -a',
  'docker images -q',
  'docker images --no-trunc --digests',
  'docker images --format json',
  "docker images --format 'table {{.ID}}\t{{.Repository}}:{{.Tag}}\t{{.Size}}'",
  'docker images --filter dangling=true',
  'docker images --tree',
  'docker images --filter reference=acme/app7*',
  'docker images --filter label=number=7',
  'docker images --filter before=acme/app500:0',
  'docker images --filter since=acme/app500:0',
  'docker system df',
  'docker system df -v',
];

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/** A `docker save` of 1,000 images with five names each, which lie on the same few layers: what is measured is lists, not layers. */
function manyImages() {
  const files = new Map();
  const layer = (name) => {
    const bytes = tar([[name, name]]);
    const digest = sha256(bytes);
    files.set(`${digest}/layer.tar`, bytes);
    return digest;
  };
  const shared = Array.from({ length: 8 }, (_, n) => layer(`layer-${n}`));
  const manifest = Array.from({ length: IMAGES }, (_, n) => {
    const layers = shared.slice(0, 1 + (n % shared.length));
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: new Date(1_600_000_000_000 + n * 10_000_000).toISOString(),
      config: { Labels: { number: String(n), maintainer: 'bench' } },
      rootfs: { type: 'layers', diff_ids: layers.map((digest) => `sha256:${digest}`) },
    });
    files.set(`${sha256(config)}.json`, config);
    return {
      Config: `${sha256(config)}.json`,
      RepoTags: Array.from({ length: TAGS }, (_, tag) => `acme/app${n}:${tag}`),
      Layers: layers.map((digest) => `${digest}/layer.tar`),
    };
  });
  return tar([...files, ['manifest.json', JSON.stringify(manifest)]]);
}

/**
 * Loads them, and lists them in every way, as the console would: each line with its median in milliseconds, the slowest first; and the medians
 * of what the page's own table takes from the route to its rows, and the console's completion from a letter to the names.
 */
export async function measureListings(url, profile, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const file = join(folder, 'many.tar');
  writeFileSync(file, manyImages());
  const { context, page } = await openApp(url, profile);
  try {
    await page.setInputFiles('input[type=file]', file);
    const isLoaded = `drydock.run('docker images -q').then(({ stdout }) => stdout.split('\\n').length > ${IMAGES * TAGS})`;
    while (!(await page.evaluate(isLoaded))) await page.waitForTimeout(500);
    const medians = [];
    for (const line of LINES) {
      const times = await page.evaluate(timeLine, { line, runs: rounds });
      medians.push({ command: line, milliseconds: median(times) });
    }
    const changed = { line: 'docker images', before: 'docker tag acme/app1:0 acme/app1:0' };
    medians.push({
      command: 'docker images` after a commit of `docker tag',
      milliseconds: median(await page.evaluate(timeLine, { ...changed, runs: rounds })),
    });
    const table = median(await page.evaluate(timeTable, { runs: rounds }));
    const completion = median(await timeCompletion(page, rounds));
    return { lines: medians.sort((a, b) => b.milliseconds - a.milliseconds), table, completion };
  } finally {
    await context.close();
    rmSync(folder, { recursive: true });
  }
}

/** Runs in the page; what comes before each run is not timed. */
async function timeLine({ line, before, runs }) {
  const times = [];
  for (let n = 0; n < runs; n++) {
    if (before) await globalThis.drydock.run(before);
    const begun = performance.now();
    const { exitCode } = await globalThis.drydock.run(line);
    times.push(performance.now() - begun);
    if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}`);
  }
  return times;
}

/** Runs in the page: goes to the list of images, each time from another screen. */
async function timeTable({ runs }) {
  const { document, location, requestAnimationFrame } = globalThis;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const until = async (isThere) => {
    while (!isThere()) await frame();
  };
  const hasRows = () => document.querySelectorAll('tr[aria-rowindex]').length > 10;
  const times = [];
  for (let n = 0; n < runs; n++) {
    location.hash = '#/settings';
    await until(() => !hasRows());
    const begun = performance.now();
    location.hash = '#/images';
    await until(hasRows);
    times.push(performance.now() - begun);
  }
  return times;
}

/** Types the beginning of a name into the console, each time another one. */
async function timeCompletion(page, runs) {
  await page.evaluate(() => void (globalThis.location.hash = '#/console'));
  const command = page.getByRole('textbox', { name: 'Command' });
  const times = [];
  for (let n = 1; n <= runs; n++) {
    await command.fill('');
    await page.evaluate(watchGhost);
    await command.fill(`docker inspect acme/app${n}`);
    times.push(await page.evaluate(() => globalThis.benchGhost));
  }
  return times;
}

/** Runs in the page: milliseconds from the next input to the rest of a name behind it. */
function watchGhost() {
  const { document, MutationObserver } = globalThis;
  globalThis.benchGhost = new Promise((resolve) => {
    document.addEventListener(
      'input',
      () => {
        const begun = performance.now();
        const observer = new MutationObserver(() => {
          if (!document.querySelector('.ghost')?.textContent) return;
          observer.disconnect();
          resolve(performance.now() - begun);
        });
        observer.observe(document, { childList: true, subtree: true, characterData: true });
      },
      { capture: true, once: true },
    );
  });
}
