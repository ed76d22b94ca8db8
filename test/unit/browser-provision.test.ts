import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const isRoot = process.getuid?.() === 0;

/** A machine that has nothing on its PATH but what a test puts there. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-path-'));
  await mkdir(join(folder, 'bin'));
});
afterEach(() => rm(folder, { recursive: true }));

async function putProgram(name: string, script = ''): Promise<string> {
  const path = join(folder, 'bin', name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** What a script does that installs a browser as Playwright does. */
const DOWNLOADS = `echo "$@" > "$FOLDER/downloaded"
printf '#!/bin/sh\\n' > "$FOLDER/bin/chromium"; /bin/chmod +x "$FOLDER/bin/chromium"`;

/** What `npm test` says while it looks for a browser, line by line, and which one it takes. */
function provide(environment: Record<string, string> = {}): readonly string[] {
  const module = join(import.meta.dirname, '../support/browser.mjs');
  const script = `import { provideBrowser } from ${JSON.stringify(module)}; provideBrowser();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
    env: {
      PATH: join(folder, 'bin'),
      FOLDER: folder,
      PLAYWRIGHT_BROWSERS_PATH: join(folder, 'none'),
      ...environment,
    },
  });
  const refused = /^Error: .*$/m.exec(stderr)?.[0];
  return [...stdout.trim().split('\n'), ...(refused ? [refused] : [])];
}

describe('the browser of the tests', () => {
  it('is the one that DRYDOCK_BROWSER names, before that on the PATH', async () => {
    await putProgram('chromium');
    const named = await putProgram('mine');
    expect(provide({ DRYDOCK_BROWSER: named })).toEqual([
      `browser: ${named} (from DRYDOCK_BROWSER)`,
    ]);
  });

  it('must be a program, where it is named', async () => {
    await putProgram('chromium');
    const [, refused] = provide({ DRYDOCK_BROWSER: join(folder, 'no-such') });
    expect(refused).toBe(`Error: DRYDOCK_BROWSER names no program: ${join(folder, 'no-such')}`);
  });

  it('is else found on the PATH, under any of its names', async () => {
    const path = await putProgram('google-chrome');
    expect(provide()).toEqual([`browser: ${path} (from the PATH)`]);
  });

  it.runIf(isRoot)('is else Debian’s package, where it may be installed', async () => {
    const made = join(folder, 'bin', 'chromium');
    await putProgram('apt-get', `case "$1" in install) ${DOWNLOADS};; esac`);
    expect(provide()).toEqual([
      "browser: none here, installing Debian's chromium",
      `browser: ${made} (from the PATH)`,
    ]);
  });

  it.runIf(isRoot)('is Playwright’s where there is no such package', async () => {
    await putProgram('apt-get', 'case "$1" in install) exit 100;; esac');
    await putProgram('npx', DOWNLOADS);
    expect(provide()).toEqual([
      "browser: none here, installing Debian's chromium",
      'browser: there is no such package here',
      "browser: none here, downloading Playwright's chromium",
      `browser: ${join(folder, 'bin', 'chromium')} (from the PATH)`,
    ]);
  });

  it('is Playwright’s where there is no apt-get', async () => {
    await putProgram('npx', DOWNLOADS);
    expect(provide()[0]).toBe("browser: none here, downloading Playwright's chromium");
  });

  it('says what to do where none can be had', async () => {
    await putProgram('npx');
    expect(provide().at(-1)).toBe(
      'Error: No Chromium found or installed. Set DRYDOCK_BROWSER to the path of one.',
    );
  });
});
