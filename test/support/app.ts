import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { BROWSER_ARGS, findBrowser } from './browser.mjs';

export interface App {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The folder that the browser keeps everything in. */
  readonly profile: string;
  /** Closes the browser and opens it again with the same profile on disk. */
  restart(): Promise<App>;
  /** Ends the browser's processes as a power cut would, and opens it again. */
  killAndRestart(): Promise<App>;
  /** Ends the tab's process and its workers, as the system does where memory is short, and opens the app in another tab. */
  killTab(): Promise<App>;
  close(): Promise<void>;
}

interface AppOptions {
  /** Hash route to open: `#/images`. */
  readonly route?: string;
  /** Where the app is served, if not where the suite serves it. */
  readonly url?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** The browser is set to keep no site data: it then refuses IndexedDB, in pages and in workers. */
  readonly refusesStorage?: boolean;
  /** No name but this machine's is known, so that nothing that is on the network is asked. */
  readonly isOffTheNet?: boolean;
  /** Takes certificates that nobody vouches for. */
  readonly ignoresCertificates?: boolean;
  /** A phone: fingers, and no pointer that hovers. */
  readonly isTouch?: boolean;
}

/**
 * Opens the built app in a real browser whose profile is on disk: in any other, storage is in memory and what is tested is not what
 * users have.
 */
export async function openApp(options: AppOptions = {}): Promise<App> {
  const profile = await mkdtemp(join(tmpdir(), 'drydock-profile-'));
  if (options.refusesStorage) await refuseStorage(profile);
  return launch(profile, options);
}

const NO_NAMES = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';

/** Sets Chromium's "don't allow sites to save data on your device". */
async function refuseStorage(profile: string): Promise<void> {
  const block = 2;
  const preferences = { profile: { default_content_setting_values: { cookies: block } } };
  await mkdir(join(profile, 'Default'));
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
}

async function launch(profile: string, options: AppOptions): Promise<App> {
  const { viewport = { width: 1440, height: 900 } } = options;
  const browser = findBrowser();
  if (!browser) throw new Error('No browser: `npm test` provides one.');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser.path,
    args: [...BROWSER_ARGS, ...(options.isOffTheNet ? [NO_NAMES] : [])],
    viewport,
    ignoreHTTPSErrors: options.ignoresCertificates ?? false,
    colorScheme: options.colorScheme ?? 'light',
    hasTouch: options.isTouch ?? false,
    isMobile: options.isTouch ?? false,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return openTab(page, { context, profile, options, forbidden: [] });
}

interface Browser {
  readonly context: BrowserContext;
  readonly profile: string;
  readonly options: AppOptions;
  /** What the console of any tab said about the page's own policy. */
  readonly forbidden: string[];
}

async function openTab(page: Page, browser: Browser): Promise<App> {
  const { context, profile, options, forbidden } = browser;
  const { route = '#/images' } = options;
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) forbidden.push(message.text());
  });
  await page.goto((options.url ?? inject('appUrl')) + route);
  return {
    page,
    context,
    profile,
    async restart() {
      await context.close();
      return launch(profile, options);
    },
    async killAndRestart() {
      killProfile(profile);
      await context.close().catch(() => undefined);
      return launch(profile, options);
    },
    async killTab() {
      await crash(page);
      const next = await context.newPage();
      await page.close();
      return openTab(next, browser);
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
      // Whatever a test is about: what the app does must be what its own headers allow.
      if (forbidden.length > 0) throw new Error(forbidden.join('\n'));
    },
  };
}

async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // It never answers.
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
}

/** Kills every process that was started with this profile, and only those. */
function killProfile(profile: string): void {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (commandLineOf(entry).includes(profile)) process.kill(Number(entry), 'SIGKILL');
  }
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
