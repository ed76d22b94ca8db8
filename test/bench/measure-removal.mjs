import { openApp } from './browser-app.mjs';

/**
 * Removes the one stored image by `docker rmi`, with the image open or the list: its bytes are the browser's again once
 * `storage.estimate()` has fallen by them.
 * @returns {Promise<{ command: number, freed: number }>} Seconds from the command on: until it has ended, until the bytes are free.
 */
export async function measureRemoval(url, profile, { isOpen = false } = {}) {
  const { context, page } = await openApp(url, profile);
  try {
    if (isOpen) {
      await page.locator('a[href^="#/images/sha256"]').first().click();
      await page.waitForFunction(() => globalThis.benchTimeline.seen.treeRow !== undefined);
    }
    return await page.evaluate(async () => {
      const { drydock } = globalThis;
      await drydock.ready;
      const { stdout } = await drydock.run("docker images --format '{{.Repository}}:{{.Tag}}'");
      const names = stdout.trim().split('\n');
      const usage = async () => (await globalThis.navigator.storage.estimate()).usage;
      const before = await usage();
      const start = performance.now();
      const seconds = () => (performance.now() - start) / 1000;
      const { exitCode, stderr } = await drydock.run(`docker rmi ${names.join(' ')}`);
      if (exitCode !== 0) throw new Error(stderr);
      const command = seconds();
      // What is left is the page itself and small tables.
      while ((await usage()) > before / 10) {
        if (seconds() > 60) throw new Error(`of ${before} bytes ${await usage()} are still stored`);
        await new Promise((done) => setTimeout(done, 5));
      }
      return { command, freed: seconds() };
    });
  } finally {
    await context.close();
  }
}
