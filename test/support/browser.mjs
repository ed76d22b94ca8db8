import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Flags for every start of the browser: quiet on a closed network, and without a sandbox where root forbids one. */
export const BROWSER_ARGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A Chromium that is already here: DRYDOCK_BROWSER, one on the PATH, or Playwright's own.
 * @returns {{ path: string, source: string } | undefined}
 */
export function findBrowser() {
  const named = process.env['DRYDOCK_BROWSER'];
  if (named) {
    if (!isExecutable(named)) throw new Error(`DRYDOCK_BROWSER names no program: ${named}`);
    return { path: named, source: 'DRYDOCK_BROWSER' };
  }
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (isExecutable(path)) return { path, source: 'the PATH' };
    }
  }
  const own = chromium.executablePath();
  return own && existsSync(own) ? { path: own, source: 'Playwright' } : undefined;
}

/**
 * Finds a browser or installs one: Debian's package where this is root on Debian, Playwright's download otherwise. Says what it does.
 * @returns {string} Its path.
 */
export function provideBrowser(say = console.log) {
  let found = findBrowser();
  if (!found) {
    install(say);
    found = findBrowser();
  }
  if (!found) {
    throw new Error('No Chromium found or installed. Set DRYDOCK_BROWSER to the path of one.');
  }
  say(`browser: ${found.path} (from ${found.source})`);
  return found.path;
}

function install(say) {
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    say("browser: none here, installing Debian's chromium");
    if (aptInstall('chromium')) return;
    say('browser: there is no such package here');
  }
  say("browser: none here, downloading Playwright's chromium");
  execFileSync('npx', ['playwright-core', 'install', 'chromium'], { stdio: 'inherit' });
}

function aptInstall(name) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  return apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', name);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
