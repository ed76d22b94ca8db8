import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { startFaultProxy } from '../servers/fault-proxy.ts';
import { startRegistry } from '../servers/registry.ts';
import { BROWSER_ARGS, provideBrowser } from '../support/browser.mjs';
import { MemorySampler } from './memory.mjs';
import { median } from './natives.mjs';
import { shell } from './program.mjs';
import { startProxy } from './proxy-process.mjs';
import { line, ratio } from './report.mjs';

const MEGABYTE = 1e6;
const LIMIT = 50 * MEGABYTE;
const SMALL = 200 * MEGABYTE;
const LARGE = 1000 * MEGABYTE;
const PULLS = 20;
/** It may take 15 % of the throughput away, and of an unlimited one 60 %. */
const HELD_BAR = 1.17;
const FREE_BAR = 2.5;

/** What the proxy costs: rows of the report. Its registry, its page and the proxy are processes of their own. */
export async function proxyRows(rounds) {
  const registry = await startRegistry({ headers: { 'Access-Control-Allow-Origin': ['*'] } });
  const limited = await startFaultProxy(registry.url, () => ({
    kind: 'throttle',
    bytesPerSecond: LIMIT,
  }));
  const proxy = await startEmpty([registry.url, limited.url]);
  const browser = await chromium.launch({
    executablePath: provideBrowser(() => undefined),
    args: BROWSER_ARGS,
  });
  try {
    const page = await browser.newPage();
    await page.goto(proxy.url);
    const small = await putBlob(registry.url, SMALL);
    const large = await putBlob(registry.url, LARGE);
    const runs = { held: [], free: [], curl: [] };
    for (let n = 0; n < rounds; n++) {
      runs.held.push(await compare(byPage(page), limited.url + small, proxy));
      runs.free.push(await compare(byPage(page), registry.url + large, proxy));
      runs.curl.push(await compare(byCurl, registry.url + large, proxy));
    }
    const memory = await memoryOfPulls(registry.url, registry.url + small);
    const row = (what, of, bar) =>
      ratio(
        what,
        median(of.map(({ through }) => through)),
        median(of.map(({ direct }) => direct)),
        bar,
      );
    return [
      row('fetch through the proxy : direct, registry held to 50 MB/s', runs.held, HELD_BAR),
      row('fetch through the proxy : direct, unlimited', runs.free, FREE_BAR),
      row('curl through the proxy : direct, unlimited', runs.curl),
      line(`proxy, memory over idle, ${PULLS} pulls at once`, memory, {
        ...{ unit: 'MB', bar: 60, digits: 0 },
      }),
    ];
  } finally {
    await browser.close();
    await proxy.stop();
    await limited.stop();
    await registry.stop();
  }
}

/** Seconds of both, one right after the other. */
async function compare(fetchFrom, url, proxy) {
  const direct = await fetchFrom(url);
  return { direct, through: await fetchFrom(`${proxy.url}proxy/${url}`) };
}

/** Fetches and counts, as a page does: nothing of it is kept. */
const byPage = (page) => (url) =>
  page.evaluate(async (address) => {
    const start = performance.now();
    const { body, headers } = await fetch(address, { credentials: 'omit' });
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.length;
    const seconds = (performance.now() - start) / 1000;
    if (bytes !== Number(headers.get('Content-Length'))) throw new Error(`${bytes} bytes came`);
    return seconds;
  }, url);

const byCurl = async (url) => (await shell('curl -sf -o /dev/null "$1"', url)).seconds;

/** MB over idle, at the most, while that many take a blob as fast as they get it, from a proxy that has done nothing before. */
async function memoryOfPulls(registry, url) {
  const proxy = await startEmpty([registry]);
  try {
    return await growth(proxy, url);
  } finally {
    await proxy.stop();
  }
}

async function growth(proxy, url) {
  const sampler = new MemorySampler(() => [proxy.pid]);
  await sleep(3_000);
  const idle = sampler.now();
  sampler.start();
  await Promise.all(Array.from({ length: PULLS }, () => byCurl(`${proxy.url}proxy/${url}`)));
  return sampler.stop() - idle;
}

/** The proxy with a page that has nothing in it. */
async function startEmpty(allow) {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-proxy-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>bench</title>');
  const proxy = await startProxy(folder, allow);
  const stop = async () => {
    await proxy.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...proxy, stop };
}

/** Uploads a blob of random bytes; its path. */
async function putBlob(registry, bytes) {
  const block = randomBytes(MEGABYTE);
  const blocks = Array.from({ length: bytes / MEGABYTE }, () => block);
  const hash = createHash('sha256');
  for (const part of blocks) hash.update(part);
  const digest = `sha256:${hash.digest('hex')}`;
  const begun = await fetch(`${registry}/v2/bench/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location'));
  place.searchParams.set('digest', digest);
  const body = ReadableStream.from(blocks);
  const put = await fetch(place, { method: 'PUT', body, duplex: 'half' });
  if (put.status !== 201) throw new Error(`The registry takes no blob: ${put.status}`);
  return `/v2/bench/blobs/${digest}`;
}
