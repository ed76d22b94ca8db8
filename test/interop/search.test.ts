import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startHub, type HubServer } from '../servers/hub-server';
import { seededRandom } from '../servers/faults';
import { startRegistry } from '../servers/registry';
import { startUpstream, type Upstream } from '../support/upstream';
import { Drydock } from './drydock';
import { Engine } from './engine';

/** Flags and a term on the test server, as the docker client takes them. */
const LINES: readonly (readonly string[])[] = [
  ['nginx'],
  ['--limit', '3', 'nginx'],
  ['--limit=0', 'nginx'],
  ['--limit', '-1', 'nginx'],
  ['--limit', '0x10', 'nginx'],
  ['--limit', '100', 'nginx'],
  ['--limit', '101', 'nginx'],
  ['--no-trunc', '--limit', '60', 'ada'],
  ['--no-trunc', 'a b'],
  ['--filter', 'stars=200', 'nginx'],
  ['-f', 'stars=200', 'nginx'],
  ['--filter', 'stars=3', '--filter', 'stars=200', 'nginx'],
  ['--filter', 'stars=-5', '--limit', '2', 'nginx'],
  ['--filter', 'stars=x', 'nginx'],
  ['--filter', 'is-official=true', 'nginx'],
  ['--filter', 'is-official=false', '--limit', '2', 'nginx'],
  ['--filter', 'is-official=maybe', 'nginx'],
  ['--filter', 'is-automated=true', 'nginx'],
  ['--filter', 'is-automated=false', '--limit', '2', 'nginx'],
  ['--filter', 'colour=blue', 'nginx'],
  ['--format', 'json', '--limit', '2', 'nginx'],
  ['--format', '{{json .}}', '--limit', '1', 'nginx'],
  ['--format', '{{.Name}}|{{.IsOfficial}}|{{.StarCount}}|{{.Description}}', 'nginx'],
  ['--format', 'table {{.Name}}\t{{.StarCount}}', 'nginx'],
  ['--format', 'table', 'nginx'],
  ['--format', '{{.IsAutomated}}', 'nginx'],
  ['zzzzz'],
  ['library/nginx'],
  ['nginx:latest'],
  ['BAD_Name'],
  [''],
];

describe.skipIf(inject('sampleFolder') === '')('docker search', () => {
  let engine: Engine;
  let drydock: Drydock;
  let hub: HubServer;
  let unsorted: Upstream;

  beforeAll(async () => {
    [engine, drydock, hub, unsorted] = await Promise.all([
      Engine.start(),
      Drydock.open(),
      startHub(),
      startUnsorted(),
    ]);
  });
  afterAll(async () => {
    await engine.stop();
    await hub.stop();
    await unsorted.close();
  });

  async function agree(flags: readonly string[], term: string): Promise<void> {
    const { stdout, stderr, exitCode } = await engine.docker(['search', ...flags, term]);
    const line = ['docker search', ...flags.map(quote), quote(term)].join(' ');
    expect(await drydock.run(line)).toMatchObject({
      stdout: stdout.toString(),
      stderr: stderr.toString(),
      exitCode,
    });
  }

  it.each(LINES)('%s %s %s %s %s', async (...words) => {
    const line = words.filter((word) => typeof word === 'string');
    await agree(line.slice(0, -1), `${hub.host}/${line.at(-1) ?? ''}`);
  });

  it('leaves the results in the order of the server', () => agree([], `${unsorted.host}/20`));

  it('says with which status a server refused', async () => {
    const limited = await startHub({ rateLimited: true });
    await agree([], `${limited.host}/nginx`);
    await limited.stop();
    const registry = await startRegistry();
    await agree([], `${registry.host}/nginx`);
    await registry.stop();
  });

  it('refuses what has a scheme', () => agree([], 'https://docker.io/nginx'));
});

/** A search server whose results are in no order of stars or names; the term says how many. */
function startUnsorted(): Promise<Upstream> {
  return startUpstream((request, response) => {
    const count = Number(new URL(request.url ?? '/', 'http://-').searchParams.get('q'));
    const random = seededRandom(1);
    const results = Array.from({ length: count }, (_, n) => ({
      name: `n${n}`,
      description: '',
      star_count: Math.floor(random() * 5),
      is_official: false,
      is_automated: false,
    }));
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ num_results: count, query: '', results }));
  });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
