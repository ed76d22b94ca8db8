import { describe, expect, it, vi } from 'vitest';
import { ConsoleHistory } from '../../../src/app/console/console-history';
import { ConsoleSession, type RunLine } from '../../../src/app/console/console-session.svelte';
import { FilePicker } from '../../../src/app/file-picker';
import { Tasks } from '../../../src/app/tasks.svelte';
import type { CommandEnvironment, OutputFile } from '../../../src/commands/command';
import { LineAssistant } from '../../../src/commands/completion/line-assistant';
import type { ConsoleHooks } from '../../../src/commands/run-command-line';
import { FIXTURE_FILES } from '../../support/fixture-images';
import { fixtureEnvironment, run } from '../../support/fixture-store';

/** What was written to the disk, by name; `refused.tar` is one whose dialog is dismissed. */
const disk = new Map<string, number>();

function diskFile(name: string): OutputFile {
  if (name === 'refused.tar') throw new DOMException('dismissed', 'AbortError');
  return {
    write: ({ size }) => {
      disk.set(name, size);
      return Promise.resolve();
    },
    discard: () => Promise.resolve(),
  };
}

interface Opened {
  readonly session: ConsoleSession;
  readonly environment: CommandEnvironment;
  readonly tasks: Tasks;
}

/** A console over the images of the goldens; `runLine` takes the place of what runs its lines. */
async function open(runLine?: RunLine, now = () => 0): Promise<Opened> {
  const environment = await fixtureEnvironment();
  const tasks = new Tasks(now);
  const session = new ConsoleSession({
    run: runLine ?? ((line, options) => run(environment, line, options)),
    help: new LineAssistant(() => environment),
    history: await ConsoleHistory.read(environment.store.settings),
    picker: new FilePicker(() => undefined),
    createFile: async (name) => Promise.resolve(diskFile(name)),
    tasks,
    now,
  });
  return { session, environment, tasks };
}

const OK = { exitCode: 0, stdout: '', stderr: '', files: {} };

/** A command that talks to its console and nothing else. */
const talking =
  (talk: (console: ConsoleHooks) => Promise<void>): RunLine =>
  async (_, { console }) => {
    if (console) await talk(console);
    return OK;
  };

describe('the console', () => {
  it('keeps what was typed across reloads, passwords masked', async () => {
    const { session, environment, tasks } = await open();
    const running = session.submit('docker frobnicate -p s3cret');
    expect(tasks.running[0]?.subject).toBe('docker frobnicate -p ••••••••');
    await running;
    const { lines } = await ConsoleHistory.read(environment.store.settings);
    expect(lines).toEqual(['docker frobnicate -p ••••••••']);
    expect(session.transcript()).not.toContain('s3cret');
  });

  it('masks a password that an error repeats', async () => {
    const { session } = await open();
    await session.submit('docker history -ps3cret');
    expect(session.transcript()).toContain('unknown shorthand flag');
    expect(session.transcript()).not.toContain('s3cret');
  });

  it('leaves a masked password out of a line from the history, so that the command asks', async () => {
    const lines: string[] = [];
    const { session } = await open((line) => {
      lines.push(line);
      return Promise.resolve(OK);
    });
    await session.submit('docker login -u ada -p s3cret');
    await session.submit(session.history.lines.at(-1) ?? '');
    expect(lines).toEqual(['docker login -u ada -p s3cret', 'docker login -u ada']);
  });

  it.each([
    ['y', true],
    ['Y', true],
    ['yes', false],
    ['', false],
    ['n', false],
  ])('takes "%s" to a question as %s, and echoes it', async (answer, expected) => {
    const answers: boolean[] = [];
    const { session } = await open(
      talking(async ({ onOutput, confirm }) => {
        onOutput('WARNING!\nAre you sure? [y/N] ', 'stdout');
        answers.push(await confirm());
      }),
    );
    const running = session.submit('docker image prune');
    await vi.waitFor(() => expect(session.question?.text).toBe('Are you sure? [y/N]'));
    session.question?.answer(answer);
    await running;
    expect(answers).toEqual([expected]);
    expect(session.transcript()).toBe(
      `$ docker image prune\nWARNING!\nAre you sure? [y/N] ${answer}\n`,
    );
  });

  it('asks for a name and a password, and neither shows nor repeats the password', async () => {
    const answers: (string | undefined)[] = [];
    const { session } = await open(
      talking(async ({ onOutput, askText, askPassword }) => {
        onOutput('Username: ', 'stdout');
        answers.push(await askText());
        onOutput('Password: ', 'stdout');
        answers.push(await askPassword());
        onOutput('refused: ada/s3cret\n', 'stderr');
      }),
    );
    const running = session.submit('docker login');
    await vi.waitFor(() => expect(session.question?.kind).toBe('text'));
    session.question?.answer('ada');
    await vi.waitFor(() => expect(session.question?.kind).toBe('password'));
    session.question?.answer('s3cret');
    await running;
    expect(answers).toEqual(['ada', 's3cret']);
    expect(session.transcript()).toBe(
      '$ docker login\nUsername: ada\nPassword: \nrefused: ada/••••••••\n',
    );
    expect(session.history.lines).toEqual(['docker login']);
  });

  it('that is interrupted while it asks ends the command, without an answer', async () => {
    const answers: (string | undefined)[] = [];
    const { session } = await open(
      talking(async ({ askPassword }) => {
        answers.push(await askPassword());
      }),
    );
    const running = session.submit('docker login');
    await vi.waitFor(() => expect(session.question).toBeDefined());
    session.running?.cancel();
    await running;
    expect(answers).toEqual([undefined]);
    expect(session.entries[0]?.state.kind).toBe('cancelled');
  });

  it('sums up a load once it is done: bytes, time, layers', async () => {
    let time = 0;
    const environment = await fixtureEnvironment();
    const { session } = await open(
      async (line, options) => {
        const result = await run(environment, line, { ...options, files: FIXTURE_FILES });
        time += 900;
        return result;
      },
      () => time,
    );
    await session.submit('docker load -i fixture.tar');
    const { work } = session.entries[0] ?? {};
    expect(work).toMatchObject({ milliseconds: 900 });
    expect(work?.layers).toBeGreaterThan(1);
    expect(work?.bytes).toBeGreaterThan(1000);
  });

  it('keeps what a command writes, and puts saved images on the disk', async () => {
    const { session } = await open();
    await session.submit('drydock files web:1.27 > list.txt');
    await session.submit('docker --debug image save -o out/web.tar web:1.27');
    const [kept, saved] = session.entries.map(({ files }) => files[0]);
    expect(kept).toMatchObject({ name: 'list.txt', size: kept?.content?.size });
    expect(saved).toEqual({ name: 'web.tar', size: disk.get('web.tar'), content: undefined });
    expect(disk.has('list.txt')).toBe(false);
  });

  it('has nothing to say of a save whose file dialog was dismissed', async () => {
    const { session } = await open();
    await session.submit('docker save -o refused.tar web:1.27');
    expect(session.entries[0]).toMatchObject({ state: { kind: 'cancelled' }, files: [], text: '' });
  });

  it('says what was probably meant', async () => {
    const { session } = await open();
    await session.submit('docker history web:1.2');
    expect(session.entries[0]?.suggestion).toEqual({
      text: 'web:1.27',
      line: 'docker history web:1.27',
    });
    await session.submit('docker history web:1.27');
    expect(session.entries[1]?.suggestion).toBeUndefined();
  });

  it('says nothing to a comment, and offers the command of one that may be a prompt of root', async () => {
    const { session } = await open();
    for (const line of ['## the images', '# docker images', 'docker images -q # all']) {
      await session.submit(line);
    }
    const [comment, pasted, command] = session.entries;
    expect(comment).toMatchObject({ text: '', suggestion: undefined });
    expect(pasted).toMatchObject({ text: '', suggestion: { line: 'docker images' } });
    expect(command?.text).toMatch(/^[0-9a-f]{12}\n/);
  });

  it('runs several lines in their order, whatever each answers, up to one that is cancelled', async () => {
    const { session } = await open();
    expect(await session.submitAll(['docker images -q', 'docker nonsense', 'help'])).toBe(true);
    expect(session.entries.map(({ line }) => line)).toEqual([
      'docker images -q',
      'docker nonsense',
      'help',
    ]);
    const running = session.submitAll(['docker images', 'help']);
    session.running?.cancel();
    expect(await running).toBe(false);
    expect(session.entries).toHaveLength(4);
  });

  it('is emptied by clear, but for the command that runs', async () => {
    const { session } = await open();
    await session.submit('help');
    const running = session.submit('docker images');
    session.clear();
    expect(session.entries.map(({ line }) => line)).toEqual(['docker images']);
    await running;
    await session.submit('clear');
    expect(session.entries).toEqual([]);
  });

  it('runs one command at a time', async () => {
    const { session } = await open();
    const first = session.submit('docker images');
    await session.submit('help');
    await first;
    expect(session.entries.map(({ line }) => line)).toEqual(['docker images']);
  });
});
