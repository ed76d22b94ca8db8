import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { openApp, type App } from '../support/app';
import { startUpstream } from '../support/upstream';

async function opened(): Promise<App> {
  const app = await openApp();
  onTestFinished(() => app.close());
  return app;
}

describe('what the app is served with', () => {
  it('is on every file, scripts of workers too', async () => {
    const base = inject('appUrl');
    const page = await (await fetch(base)).text();
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
    for (const path of ['', script, 'service-worker.js', 'manifest.webmanifest', 'nowhere']) {
      const { headers } = await fetch(base + path);
      expect([path, headers.get('content-security-policy')]).toEqual([
        path,
        expect.stringMatching(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/),
      ]);
      expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
      expect([path, headers.get('referrer-policy')]).toEqual([path, 'no-referrer']);
    }
    expect((await fetch(base + script)).headers.get('cache-control')).toContain('immutable');
    expect((await fetch(base)).headers.get('cache-control')).toBe('no-cache');
  });

  it('lets the app load, check and show an image, and open again without a network', async () => {
    const { page, context } = await opened();
    await page.getByRole('button', { name: /sample image/i }).click();
    await page.getByRole('table', { name: 'Images' }).getByText('Verified').first().waitFor();
    await page.getByRole('table', { name: 'Images' }).getByRole('link').first().click();
    await page.getByRole('treegrid').getByRole('row').nth(1).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await context.setOffline(true);
    await page.reload();
    await page.getByRole('treegrid').getByRole('row').nth(1).waitFor();
  });

  it('lets it speak to any registry that lets pages in', async () => {
    const registry = await startUpstream((_, response) => {
      response.setHeader('Access-Control-Allow-Origin', '*').end('{}');
    });
    onTestFinished(() => registry.close());
    const { page } = await opened();
    const answer = await page.evaluate(async (url) => (await fetch(url)).text(), registry.url);
    expect(answer).toBe('{}');
  });

  it('keeps out scripts from elsewhere and inline ones', async () => {
    const elsewhere = await startUpstream((_, response) => {
      response.setHeader('Content-Type', 'text/javascript').end('globalThis.entered = true');
    });
    onTestFinished(() => elsewhere.close());
    const app = await openApp();
    const entered = await app.page.evaluate(async (url) => {
      const add = (change: (script: HTMLScriptElement) => void): Promise<void> =>
        new Promise((resolve) => {
          const script = document.createElement('script');
          script.onload = script.onerror = () => resolve();
          change(script);
          document.head.append(script);
          if (script.src === '') resolve();
        });
      await add((script) => (script.src = url));
      await add((script) => (script.textContent = 'globalThis.entered = true'));
      return 'entered' in globalThis;
    }, elsewhere.url);
    expect(entered).toBe(false);
    expect(elsewhere.requests).toEqual([]);
    await expect(app.close()).rejects.toThrow(/Content Security Policy/);
  });

  it('shows what a registry sent through the proxy as no page of this origin', async () => {
    const { page } = await opened();
    const answer = await page.goto(`${inject('appUrl')}proxy/`);
    expect(answer?.headers()['content-security-policy']).toBe("default-src 'none'; sandbox");
    expect(await page.evaluate(() => globalThis.origin)).toBe('null');
  });
});
