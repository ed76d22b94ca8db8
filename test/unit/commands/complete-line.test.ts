import { beforeAll, describe, expect, it } from 'vitest';
import { LineAssistant } from '../../../src/commands/completion/line-assistant';
import { fixtureEnvironment } from '../../support/fixture-store';

let assistant: LineAssistant;

beforeAll(async () => {
  const environment = await fixtureEnvironment();
  assistant = new LineAssistant(() => environment);
});

/** Completes at the bar. */
const complete = (typed: string) => {
  const caret = typed.indexOf('|');
  const at = caret < 0 ? typed.length : caret;
  return assistant.complete({ line: typed.replace('|', ''), caret: at });
};

const texts = async (typed: string) =>
  (await complete(typed)).candidates.map((candidate) => candidate.text);

describe('completion', () => {
  it.each([
    ['', ['docker', 'drydock', 'clear', 'help']],
    ['do', ['docker']],
    ['docker image', ['image', 'images']],
    ['docker image ins', ['inspect']],
    ['docker --debug hist', ['history']],
    ['docker image ls --no', ['--no-trunc']],
    ['docker inspect --type ', ['image']],
    ['docker images --format=j', ['--format=json']],
    ['docker images --filter dang', ['dangling=true', 'dangling=false']],
    ['docker images -qf dangling=t', ['dangling=true']],
    ['docker images -f before=web:', ['before=web:1.27', 'before=web:latest']],
    ['docker images -f reference=we', ['reference=web']],
    ['drydock files --format ', ['table', 'json']],
    ['docker history web:', ['web:1.27', 'web:latest']],
    ['docker history api', ['acme/api:v2']],
    ['docker inspect web:1.27 web:', ['web:latest']],
    ['docker inspect "web:', ['web:1.27', 'web:latest']],
  ])('of "%s" offers %j', async (typed, expected) => {
    expect(await texts(typed)).toEqual(expected);
  });

  it.each([
    'docker frobnicate ',
    'docker history web:1.27 w',
    'docker load -i ',
    'docker images > do',
    'docker --host ',
    'ls -',
    'docker inspect -- --f',
  ])('of "%s" offers nothing', async (typed) => {
    expect(await texts(typed)).toEqual([]);
  });

  it('tells of each flag what it does, leaves out those given, and lists help', async () => {
    const { path, summary, candidates } = await complete('docker images -q --no-trunc=true -');
    expect({ path, summary }).toEqual({ path: 'docker images', summary: 'List images' });
    expect(candidates.map(({ text }) => text)).toEqual([
      '--all',
      '--digests',
      '--filter',
      '--format',
      '--help',
    ]);
    expect(candidates[2]).toMatchObject({
      shorthand: '-f',
      summary: 'Filter output based on conditions provided',
    });
    expect(candidates[3]?.summary).toBe('Format output using a custom template');
  });

  it('finds a flag by its shorthand', async () => {
    expect(await texts('docker images -q')).toEqual(['--quiet']);
  });

  it('has every verb of the tree below its program', async () => {
    const verbs = await texts('drydock ');
    expect(verbs).toEqual(expect.arrayContaining(['cat', 'files', 'verify']));
    expect(await texts('docker ')).toEqual(expect.arrayContaining(['image', 'images', 'load']));
    // Verbs that need an engine are docker's, and not ours.
    expect(await texts('docker ')).not.toContain('run');
  });

  it('replaces what is before the caret alone', async () => {
    const { start, end, typed } = await complete('docker his|tory web');
    expect({ start, end, typed }).toEqual({ start: 7, end: 10, typed: 'his' });
  });

  it('completes IDs, short and long, once their digits are begun, and digests after an @', async () => {
    const images = await assistant.images();
    const { imageId = '' } = images[0] ?? {};
    const digits = imageId.slice(7);
    expect(await texts(`docker history ${digits.slice(0, 5)}`)).toEqual([digits.slice(0, 12)]);
    expect(await texts(`docker history ${imageId.slice(0, 12)}`)).toEqual([imageId]);
    expect(await texts('docker history web@sha256:')).toEqual([]);
  });

  it('walks the directories of an image', async () => {
    const [first] = await texts('drydock cat web:1.27 ');
    expect(first).toBeDefined();
    const root = await texts('drydock cat web:1.27 /');
    expect(root).toEqual((await texts('drydock cat web:1.27 ')).map((path) => `/${path}`));
    const directory = root.find((path) => path.endsWith('/')) ?? '';
    const below = await texts(`drydock cat web:1.27 ${directory}`);
    expect(below.length).toBeGreaterThan(0);
    expect(below.every((path) => path.startsWith(directory))).toBe(true);
  });

  it('knows the platforms that are here, and the layers of the image that the line names', async () => {
    expect(await texts('drydock files web:1.27 --platform ')).toEqual(['linux/amd64/v2']);
    const layers = await texts('drydock files web:1.27 --layer ');
    expect(layers[0]).toBe('0');
    expect(await texts('drydock files --layer ')).toEqual([]);
  });
});
