import { describe, expect, it } from 'vitest';
import type { CommandEnvironment } from '../../../src/commands/command';
import { CommandError } from '../../../src/commands/errors';
import { runCommandLine, type ConsoleHooks } from '../../../src/commands/run-command-line';
import { fixtureEnvironment, run } from '../../support/fixture-store';

describe('a command line', () => {
  it('that is empty does nothing', async () => {
    expect(await run(await fixtureEnvironment(), '  ')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
      files: {},
    });
  });

  it('whose program is unknown ends as in a shell', async () => {
    expect(await run(await fixtureEnvironment(), 'ls -l')).toMatchObject({
      exitCode: 127,
      stderr: 'ls: command not found\n',
    });
  });

  it('that asks for an engine says that there is none', async () => {
    for (const line of ['docker run -it web', 'docker image build .', 'docker ps']) {
      const { exitCode, stderr } = await run(await fixtureEnvironment(), line);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('needs an engine');
    }
  });

  it.each(['docker -H x images', 'docker -H ssh://me@there load', 'docker -H fd://3 version'])(
    '%s is told that there is no engine',
    async (line) => {
      const { exitCode, stdout, stderr } = await run(await fixtureEnvironment(), line);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/^cannot connect to .+: Drydock works without an engine, .+\n$/);
    },
  );

  it.each([
    'docker -c default images -q',
    "docker -c '' images -q",
    "docker -H '' images -q",
    'docker -D --tlscacert ca.pem --tls=false --config /nowhere -l debug images -q',
    'docker -c foo logout',
  ])('%s is run as without its flags', async (line) => {
    const { exitCode, stderr } = await run(await fixtureEnvironment(), line);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it.each([
    [null, undefined, 'a command line is a string, not null'],
    [7, undefined, 'a command line is a string, not a number'],
    ['docker images', null, 'the options are an object, not null'],
    ['docker images', { files: 'x' }, 'files is an object, not a string'],
    ['docker load -i x', { files: { x: 'text' } }, 'files["x"] is a Blob, not a string'],
    ['docker load -i x', { files: { x: {} } }, 'files["x"] is a Blob, not an Object'],
    ['docker images', { now: 1 }, 'now is a Date, not a number'],
    ['docker images', { now: new Date(NaN) }, 'now is a Date, not an invalid Date'],
    ['docker images', { signal: true }, 'signal is an AbortSignal, not a boolean'],
    ['docker images', { onProgress: {} }, 'onProgress is a function, not an Object'],
  ])('%j with %j is one sentence: %s', async (line, options, sentence) => {
    // Scripts have no types.
    const answer: unknown = await Reflect.apply(runCommandLine, undefined, [
      line,
      await fixtureEnvironment(),
      options,
    ]);
    expect(answer).toEqual({ exitCode: 1, stdout: '', stderr: `${sentence}\n`, files: {} });
  });

  it('that reads a file calls it by its key, whatever name the file has', async () => {
    const environment: CommandEnvironment = {
      ...(await fixtureEnvironment()),
      // The page's workers say what is wrong by the name of the file that they are given.
      unpackArchive: ({ blob }) => {
        const name = blob instanceof File ? blob.name : '';
        return Promise.reject(new CommandError('refused', `${name} is cut off`));
      },
    };
    const files = { 'my archive': new File([Uint8Array.of(0x1f, 0x8b, 8, 0)], 'other.tgz') };
    expect(await run(environment, "docker load -i 'my archive'", { files })).toMatchObject({
      exitCode: 1,
      stderr: 'my archive is cut off\n',
    });
  });

  it('that a shell would not read as one command says what it cannot do', async () => {
    expect(await run(await fixtureEnvironment(), 'docker images | wc')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr:
        'syntax error: | is not supported here; a line is one command with words, quotes, < NAME and > NAME\n',
    });
  });

  it('writes its output to the file that it names', async () => {
    const result = await run(await fixtureEnvironment(), "docker images -q bare > 'my ids'");
    expect(result).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await result.files['my ids']?.text()).toContain('d045a3cefae9\n');
  });

  it('leaves no file where it failed before it wrote', async () => {
    const result = await run(await fixtureEnvironment(), 'docker history nope > x');
    expect(result).toMatchObject({ exitCode: 1, files: {} });
  });

  it('names the file that it cannot read', async () => {
    expect(await run(await fixtureEnvironment(), 'docker images < nope')).toMatchObject({
      exitCode: 1,
      stderr: 'open nope: no such file or directory\n',
    });
  });

  it('that is cancelled ends with 130 and nothing on stderr', async () => {
    const signal = AbortSignal.abort();
    expect(await run(await fixtureEnvironment(), 'docker images', { signal })).toMatchObject({
      exitCode: 130,
      stderr: '',
      files: {},
    });
  });

  it.each(['help', '--help'])('that says %s lists every command', async (line) => {
    const { stdout } = await run(await fixtureEnvironment(), line);
    for (const path of ['docker images', 'docker image ls', 'drydock files', 'clear']) {
      expect(stdout).toContain(`  ${path} `);
    }
  });

  it('hands a console its text as it comes', async () => {
    const console = new FakeConsole();
    await run(await fixtureEnvironment(), 'docker inspect nope', { console });
    expect(console.seen).toEqual(['stdout: []\n', 'stderr: Error: No such object: nope\n']);
  });

  it('asks a console for the file that it writes, and for none where the command fails', async () => {
    const console = new FakeConsole();
    const environment = await fixtureEnvironment();
    await run(environment, 'docker images -q bare > ids.txt', { console });
    await run(environment, 'drydock cat bare hello -o out/hello', { console });
    await run(environment, 'drydock cat bare nope > nope', { console });
    expect(console.seen).toEqual([
      'create ids.txt',
      'write d045a3cefae9\n',
      'create out/hello',
      'write hello\n',
      'stderr: There is no "nope".\n',
    ]);
  });
});

class FakeConsole implements ConsoleHooks {
  readonly seen: string[] = [];

  readonly onOutput: ConsoleHooks['onOutput'] = (text, stream) => {
    this.seen.push(`${stream}: ${text}`);
  };
  readonly createFile: ConsoleHooks['createFile'] = (name) => {
    this.seen.push(`create ${name}`);
    return Promise.resolve({
      write: async (content) => void this.seen.push(`write ${await content.text()}`),
      discard: () => Promise.resolve(),
    });
  };
  readonly openFile = () => Promise.resolve(undefined);
  readonly confirm = () => Promise.resolve(true);
  readonly askText = () => Promise.resolve(undefined);
  readonly askPassword = () => Promise.resolve(undefined);
  readonly clear = () => undefined;
}
