import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import sirv from 'sirv';
import { build } from 'vite';
import { BROWSER_ARGS, provideBrowser } from '../support/browser.mjs';
import { recordTimeline } from './timeline.mjs';

/** Builds the app and serves it on this machine alone. */
export async function serveApp() {
  await build({ logLevel: 'warn' });
  const server = createServer(sirv(resolve('dist')));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** A browser's profile on disk: in any other, what is stored stays in memory and the figures are fiction. */
export function makeProfile() {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-profile-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Opens the app at a route with a profile. The page records when things are first to be seen: see timeline.mjs. */
export async function openApp(url, profile, route = '#/images') {
  const context = await chromium.launchPersistentContext(profile.folder, {
    executablePath: provideBrowser(() => undefined),
    args: BROWSER_ARGS,
    viewport: { width: 1440, height: 900 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(180_000);
  await page.addInitScript(recordTimeline);
  const scripts = countScripts(page);
  await page.goto(url + route);
  return { context, page, scripts };
}

/** Weighs what the page fetches as scripts, compressed as a server would. Workers and the service worker are not the page's. */
function countScripts(page) {
  const weighed = [];
  page.on('response', (response) => {
    const request = response.request();
    if (request.resourceType() !== 'script' || request.serviceWorker() !== null) return;
    weighed.push(
      response.body().then(
        (body) => ({ url: response.url(), bytes: gzipSync(body).length }),
        // The page may have gone on to another, and then its scripts are not the ones to weigh.
        () => ({ url: response.url(), bytes: Number.NaN }),
      ),
    );
  });
  return {
    /** Bytes of the scripts that were there by a time, in milliseconds since the page's start. */
    async gzipBytesBefore(time) {
      const entries = await page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name, responseEnd }) => [name, responseEnd]),
      );
      const ends = new Map(entries);
      const scripts = await Promise.all(weighed);
      const before = scripts.filter(({ url }) => (ends.get(url) ?? Infinity) <= time);
      const total = before.reduce((sum, { bytes }) => sum + bytes, 0);
      if (!(total > 0)) throw new Error('A script of the page could not be weighed.');
      return total;
    },
  };
}
