import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { manifest } from './src/pwa/manifest.ts';
import { scriptFileOf } from './src/pwa/script-files.ts';
import { proxyPlugin } from './src/proxy/vite-plugin.ts';
import { BROWSER_ARGS, findBrowser } from './test/support/browser.mjs';

const browser = findBrowser();
// Where a build's time went is of no use to whoever starts the app.
const quiet = { checks: { pluginTimings: false } };
// What real programs on a busy machine did once, they do not do twice; the report marks a test that was tried again.
const retry = 1;
const name = scriptFileOf(import.meta.dirname, {
  app: ['src/main.ts'],
  explorer: ['src/ui/explorer/ImagePage.svelte', 'src/app/image/stored-image.ts'],
});

export default defineConfig({
  // Relative, so that the app can be served from any folder of any host.
  base: './',
  plugins: [
    svelte(),
    proxyPlugin(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/pwa',
      filename: 'service-worker.ts',
      injectRegister: false,
      manifest,
      // The sample image is fetched on demand; screenshots are for whoever installs the app.
      injectManifest: {
        globPatterns: ['**/*.{html,js,css,svg,png,wasm,webmanifest}'],
        globIgnores: ['screenshots/**'],
      },
    }),
  ],
  // It finds its WebAssembly module beside itself, which bundling it beforehand would break.
  optimizeDeps: { exclude: ['@bokuweb/zstd-wasm'] },
  worker: { format: 'es', rolldownOptions: quiet },
  build: {
    target: 'es2022',
    rolldownOptions: {
      ...quiet,
      output: { codeSplitting: { groups: [{ name }], includeDependenciesRecursively: false } },
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/unit/**/*.test.ts', 'test/fuzz/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/interop/setup.ts', 'test/support/app-server.ts'],
          // Real engines build, load and export images.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          retry,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          retry,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                args: BROWSER_ARGS,
                ...(browser ? { executablePath: browser.path } : {}),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/support/app-server.ts',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry,
        },
      },
    ],
  },
});
