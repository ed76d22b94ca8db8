import { beforeEach, describe, expect, it } from 'vitest';
import { ConsoleHistory } from '../../../src/app/console/console-history';
import { ConsolePrompt } from '../../../src/app/console/console-prompt.svelte';
import { LineAssistant } from '../../../src/commands/completion/line-assistant';
import { fixtureEnvironment } from '../../support/fixture-store';

let prompt: ConsolePrompt;
let history: ConsoleHistory;

beforeEach(async () => {
  const environment = await fixtureEnvironment();
  history = await ConsoleHistory.read(environment.store.settings);
  prompt = new ConsolePrompt(history, new LineAssistant(() => environment));
});

/** Types a line, and waits until what it may become is known. */
async function type(line: string, caret = line.length): Promise<void> {
  prompt.edit(line, caret);
  await settled();
}

/** Lookups read a store in memory: a turn of the event loop is enough. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

const listed = () => prompt.listed?.candidates.map(({ text }) => text);

describe('Tab', () => {
  it('types the only candidate, and a blank after it', async () => {
    await type('docker hist');
    expect(prompt.ghost).toBe('ory');
    await prompt.tab();
    expect(prompt.line).toBe('docker history ');
    expect(prompt.caret).toBe(prompt.line.length);
  });

  it('types what the candidates have in common, and lists them when that is nothing more', async () => {
    await type('docker imag');
    await prompt.tab();
    expect([prompt.line, listed()]).toEqual(['docker image', undefined]);
    await prompt.tab();
    expect(listed()).toEqual(['image', 'images']);
    prompt.choose(1);
    prompt.choose(1);
    await prompt.tab();
    expect([prompt.line, listed()]).toEqual(['docker images ', undefined]);
  });

  it('lists at once what has no more in common than what was typed', async () => {
    await type('docker im');
    await prompt.tab();
    expect([prompt.line, listed()]).toEqual(['docker im', ['image', 'images', 'import']]);
  });

  it('completes in the middle of a line, and leaves what follows', async () => {
    await type('docker his web:1.27', 'docker his'.length);
    await prompt.tab();
    expect(prompt.line).toBe('docker history web:1.27');
    expect(prompt.caret).toBe('docker history'.length);
  });

  it('goes on in a directory', async () => {
    await type('drydock cat web:1.27 /');
    await prompt.tab();
    await settled();
    const directory = (listed() ?? []).findIndex((path) => path.endsWith('/'));
    expect(directory).toBeGreaterThanOrEqual(0);
    prompt.accept(directory);
    await settled();
    expect(prompt.line).toMatch(/ \/\w+\/$/);
  });

  it('does nothing where nothing is known', async () => {
    await type('docker frobnicate x');
    await prompt.tab();
    expect([prompt.line, listed()]).toEqual(['docker frobnicate x', undefined]);
  });
});

describe('the list of candidates', () => {
  it('opens by itself for flags, and stays closed for a word once it was closed', async () => {
    await type('docker images --');
    expect(listed()).toContain('--filter');
    expect(prompt.close()).toBe(true);
    await type('docker images --f');
    expect(listed()).toBeUndefined();
    await type('docker images --format json --');
    expect(listed()).toContain('--filter');
  });

  it('shows what the chosen one would type', async () => {
    await type('docker images --f');
    expect(prompt.ghost).toBe('ilter');
    prompt.choose(1);
    prompt.choose(1);
    expect(prompt.ghost).toBe('ormat');
    prompt.choose(1);
    expect(prompt.ghost).toBe('ilter');
  });

  it('closes when the word is complete', async () => {
    await type('docker images --forma');
    expect(listed()).toEqual(['--format']);
    await type('docker images --format');
    expect(listed()).toBeUndefined();
  });

  it('opens for any word where there is no Tab key', async () => {
    prompt.opensItself = true;
    await type('docker imag');
    expect(listed()).toEqual(['image', 'images']);
  });

  it('does not open for a line from the history, so that arrows go on in that', async () => {
    await history.add('docker images');
    await history.add('docker images -q');
    prompt.recall(1);
    await settled();
    expect([prompt.line, listed()]).toEqual(['docker images -q', undefined]);
    prompt.recall(1);
    expect(prompt.line).toBe('docker images');
  });
});

describe('the history', () => {
  beforeEach(async () => {
    for (const line of ['docker images', 'docker images', 'drydock verify', 'docker history web']) {
      await history.add(line);
    }
  });

  it('is walked back and forth, to the line that was being typed', async () => {
    await type('dra');
    const seen = [1, 1, 1, 1, -1, -1, -1, -1] as const;
    const lines = seen.map((step) => {
      prompt.recall(step);
      return prompt.line;
    });
    expect(lines).toEqual([
      'docker history web',
      'drydock verify',
      'docker images',
      'docker images',
      'drydock verify',
      'docker history web',
      'dra',
      'dra',
    ]);
  });

  it('is searched back from the latest, each time further', () => {
    prompt.searchBack();
    prompt.setQuery('docker');
    expect(prompt.search?.found?.line).toBe('docker history web');
    prompt.searchBack();
    expect(prompt.search?.found?.line).toBe('docker images');
    prompt.searchBack();
    expect(prompt.search?.found?.line).toBe('docker images');
    prompt.endSearch(true);
    expect([prompt.line, prompt.search]).toEqual(['docker images', undefined]);
  });

  it('that has not got the query leaves the line as it was', async () => {
    await type('dra');
    prompt.searchBack();
    prompt.setQuery('podman');
    expect(prompt.search).toEqual({ query: 'podman', found: undefined });
    prompt.endSearch(true);
    expect(prompt.line).toBe('dra');
  });
});

describe('a line that is offered', () => {
  it('is put where nothing is typed', () => {
    prompt.offer('docker images');
    expect(prompt.line).toBe('docker images');
  });

  it('comes below the history that is looked at, once', async () => {
    await history.add('docker info');
    prompt.recall(1);
    prompt.offer('docker images');
    expect(prompt.line).toBe('docker info');
    prompt.recall(-1);
    expect(prompt.line).toBe('docker images');
    expect([prompt.take(), prompt.line]).toEqual(['docker images', '']);
  });

  it('comes when the line is run that is typed', async () => {
    await type('docker info');
    prompt.offer('docker images');
    expect([prompt.take(), prompt.line]).toEqual(['docker info', 'docker images']);
  });

  it('comes after what was typed before the history was looked at', async () => {
    await history.add('docker info');
    await type('docker ver');
    prompt.recall(1);
    prompt.offer('docker images');
    prompt.recall(-1);
    expect(prompt.line).toBe('docker ver');
    prompt.take();
    expect(prompt.line).toBe('docker images');
  });
});
