import { mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { App } from '../../../src/app/app.svelte';
import type { RunLine } from '../../../src/app/console/console-session.svelte';
import { LineAssistant } from '../../../src/commands/completion/line-assistant';
import type { ConsoleHooks } from '../../../src/commands/run-command-line';
import { DEFAULT_PLATFORM } from '../../../src/oci/platform';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import '../../../src/styles/base.css';
import '../../../src/styles/tokens.css';
import { createLayerWorker } from '../../../src/workers/create-layer-worker';
import { WorkerPool } from '../../../src/workers/pool';
import { memoryJobs } from '../../../src/workers/pool-jobs';
import ConsoleHost from '../../support/ConsoleHost.svelte';

const notHere = (): Promise<never> => Promise.reject(new Error('not part of this test'));

let close: (() => void) | undefined;
afterEach(() => close?.());

/** The console's page, whose commands are played by `talk`. */
async function open(talk: (console: ConsoleHooks) => Promise<number>): Promise<void> {
  const store = await openMemoryStore();
  const pool = new WorkerPool({ createWorker: createLayerWorker, concurrency: 1 });
  const run: RunLine = async (_, { console, signal }) => {
    const exitCode = console ? await talk(console) : 1;
    return { exitCode: signal?.aborted ? 130 : exitCode, stdout: '', stderr: '', files: {} };
  };
  const app = await App.start({
    version: 'test',
    addressBar: { hash: () => '#/console', go: () => undefined, onChange: () => undefined },
    network: {
      fetch: notHere,
      isOnline: () => true,
      pageUrl: location.href,
      elapsed: () => performance.now(),
    },
    registries: notHere,
    lookAtLayer: notHere,
    pullParts: notHere,
    watchNetwork: () => () => undefined,
    storageManager: navigator.storage,
    archives: {
      prepareWorkers: () => undefined,
      ...memoryJobs(pool, store),
      store,
      jobs: pool,
      now: Date.now,
    },
    run,
    lineHelp: () =>
      Promise.resolve(
        new LineAssistant(() => ({ store, ingestLayer: notHere, platform: DEFAULT_PLATFORM })),
      ),
    fetchSample: notHere,
    saveFileWays: { choose: undefined, download: () => undefined },
    languages: ['en'],
  });
  await app.i18n.complete();
  const session = await app.openConsole();
  const target = document.createElement('main');
  target.style.cssText = 'display: flex; flex-direction: column; block-size: 600px';
  document.body.append(target);
  const host = mount(ConsoleHost, { target, props: { app, session } });
  close = () => {
    void unmount(host);
    target.remove();
    pool.close();
  };
}

const command = page.getByRole('textbox', { name: 'Command' });
const log = page.getByRole('log');

async function type(line: string): Promise<void> {
  await userEvent.fill(command.element(), line);
  await userEvent.keyboard('{Enter}');
}

describe('a command that asks', () => {
  it('for a name and a password gets fields of their names, and the line comes back with the focus', async () => {
    const answers: (string | undefined)[] = [];
    await open(async ({ onOutput, askText, askPassword }) => {
      onOutput('Username: ', 'stdout');
      answers.push(await askText());
      onOutput('Password: ', 'stdout');
      answers.push(await askPassword());
      onOutput('Login Succeeded\n', 'stdout');
      return 0;
    });
    await type('docker login');
    const username = page.getByRole('textbox', { name: 'Username' });
    await expect.element(username).toHaveFocus();
    await userEvent.keyboard('ada{Enter}');
    const password = page.getByLabelText('Password');
    await expect.element(password).toHaveFocus();
    expect(password.element().getAttribute('type')).toBe('password');
    await userEvent.keyboard('s3cret{Enter}');
    await expect.element(log.getByText('Login Succeeded')).toBeVisible();
    await expect.element(command).toHaveFocus();
    expect(answers).toEqual(['ada', 's3cret']);
    expect(document.body.textContent).not.toContain('s3cret');
    await userEvent.keyboard('{ArrowUp}');
    await expect.element(command).toHaveValue('docker login');
  });

  it('is given up by Ctrl-C', async () => {
    const answers: (string | undefined)[] = [];
    await open(async ({ askPassword }) => {
      answers.push(await askPassword());
      return 1;
    });
    await type('docker login');
    await expect.element(page.getByLabelText('Answer')).toHaveFocus();
    await userEvent.keyboard('abc{Control>}c{/Control}');
    await expect.element(log.getByText('Cancelled. Nothing changed.')).toBeVisible();
    expect(answers).toEqual([undefined]);
    await expect.element(command).toHaveFocus();
  });
});

describe('output', () => {
  it('that comes piece by piece is shown as it comes, errors apart once the command has failed', async () => {
    let goOn: () => void = () => undefined;
    await open(async ({ onOutput }) => {
      onOutput('first\n', 'stdout');
      await new Promise<void>((resolve) => (goOn = resolve));
      onOutput('second\n', 'stdout');
      onOutput('refused\n', 'stderr');
      return 1;
    });
    await type('docker pull x');
    await expect.element(log.getByText('first')).toBeVisible();
    expect(log.element().textContent).not.toContain('second');
    goOn();
    await vi.waitFor(() => {
      expect(log.element().querySelector('.error')?.textContent).toBe('refused');
    });
    expect(log.element().querySelector('.output')?.textContent).toBe('first\nsecond');
  });

  it('shows what is hostile in it as text, and what cannot be seen by its code', async () => {
    await open(({ onOutput }) => {
      onOutput('<img src=x onerror=alert(1)> a\u202egpj.exe\n', 'stdout');
      return Promise.resolve(0);
    });
    await type('drydock files x');
    await expect.element(log.getByText('U+202E')).toBeVisible();
    expect(log.element().querySelector('img')).toBeNull();
  });

  it('of many lines is told by its length, and not read out', async () => {
    await open(({ onOutput }) => {
      onOutput('line\n'.repeat(10), 'stdout');
      return Promise.resolve(0);
    });
    await type('docker images');
    await expect.element(log.getByText('10 lines')).toBeInTheDocument();
    expect(log.element().querySelector('.output')?.getAttribute('aria-live')).toBe('off');
  });
});

describe('a key that is pressed in the log', () => {
  it('goes to the line, where it is a letter', async () => {
    await open(() => Promise.resolve(0));
    await expect.element(command).toHaveFocus();
    log.element().focus();
    await userEvent.keyboard('help');
    await expect.element(command).toHaveValue('help');
  });
});
