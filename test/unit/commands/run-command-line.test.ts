import { describe, expect, it } from 'vitest';
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

  it('that says help lists every command', async () => {
    const { stdout } = await run(await fixtureEnvironment(), 'help');
    for (const path of ['docker images', 'docker image ls', 'drydock files', 'clear']) {
      expect(stdout).toContain(`  ${path} `);
    }
  });

  it('hands a console its text as it comes', async () => {
    const seen: string[] = [];
    await run(await fixtureEnvironment(), 'docker inspect nope', {
      console: {
        onOutput: (text, stream) => seen.push(`${stream}: ${text}`),
        openFile: () => Promise.resolve(undefined),
        saveFile: () => Promise.resolve(),
        confirm: () => Promise.resolve(true),
        askText: () => Promise.resolve(undefined),
        askPassword: () => Promise.resolve(undefined),
        clear: () => undefined,
      },
    });
    expect(seen).toEqual(['stdout: []\n', 'stderr: Error: No such object: nope\n']);
  });
});
