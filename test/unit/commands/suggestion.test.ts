import { beforeAll, describe, expect, it } from 'vitest';
import { editDistance, nearestWord } from '../../../src/commands/completion/edit-distance';
import { LineAssistant } from '../../../src/commands/completion/line-assistant';
import { fixtureEnvironment, run } from '../../support/fixture-store';
import type { CommandEnvironment } from '../../../src/commands/command';

let environment: CommandEnvironment;

beforeAll(async () => {
  environment = await fixtureEnvironment();
});

/** What is suggested after a line was run and failed. */
async function suggestionFor(line: string) {
  const { exitCode, stderr } = await run(environment, line);
  expect(exitCode).not.toBe(0);
  return new LineAssistant(() => environment).suggest({ line, stderr });
}

describe('what was meant', () => {
  it.each([
    ['dcoker images', 'docker images'],
    ['images -q', 'docker images -q'],
    ['docker imgaes', 'docker images'],
    ['docker image lst', 'docker image ls'],
    ['docker files web:1.27', 'drydock files web:1.27'],
    ['docker images --fliter dangling=true', 'docker images --filter dangling=true'],
    ['docker images --fromat=json', 'docker images --format=json'],
    ['docker history web:1.2', 'docker history web:1.27'],
    ['docker history web:9', 'docker history web:1.27'],
    ['docker history api', 'docker history acme/api:v2'],
    ['docker history bar', 'docker history bare:latest'],
    ["docker inspect 'wbe'", 'docker inspect web:1.27'],
    ['drydock files acme/apy:v2', 'drydock files acme/api:v2'],
    ['$ docker images', 'docker images'],
    ['[root@host ~]# docker images', 'docker images'],
    ['ann@host:~/images$ docker tag web:1.27 new', 'docker tag web:1.27 new'],
    ["(venv) ann@host % drydock cat web '/etc/os-release'", "drydock cat web '/etc/os-release'"],
    ['PS C:\\images> docker load -i web.tar', 'docker load -i web.tar'],
  ])('by "%s" was "%s"', async (line, meant) => {
    expect((await suggestionFor(line))?.line).toBe(meant);
  });

  it('by a comment that is a command was the command, pasted with the prompt of root', async () => {
    const line = '# docker history web';
    expect(await run(environment, line)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    const help = new LineAssistant(() => environment);
    expect((await help.suggest({ line, stderr: '' }))?.line).toBe('docker history web');
    expect(await help.suggest({ line: '## images', stderr: '' })).toBeUndefined();
  });

  it.each([
    'frobnicate',
    'docker history quite-another-thing',
    'docker images --zzzzzzzz',
    'docker history',
    'docker images | grep web',
    'docker history nothing > docker images',
    '$ frobnicate',
  ])('by "%s" is not guessed', async (line) => {
    expect(await suggestionFor(line)).toBeUndefined();
  });
});

describe('the distance of words', () => {
  it.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['imgae', 'image', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('from "%s" to "%s" is %i, either way', (a, b, distance) => {
    expect([editDistance(a, b), editDistance(b, a)]).toEqual([distance, distance]);
  });

  it('is never more than a third for the nearest', () => {
    expect(nearestWord('ls', ['load', 'rm'])).toBeUndefined();
    expect(nearestWord('inspct', ['load', 'inspect'])).toBe('inspect');
  });
});
