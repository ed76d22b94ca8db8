import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { HTPASSWD_USER, startRegistry, type RegistryServer } from '../servers/registry';
import { startTokenServer, type TokenServer } from '../servers/token-server';
import { Drydock } from './drydock';
import { Engine } from './engine';

const PASSWORD = HTPASSWD_USER.password;

/** Drydock keeps no plain file of logins, of which docker's client warns where it has no credential helper. */
const FILE_WARNING =
  /\nWARNING! Your credentials are stored unencrypted in '[^']*'\.\nConfigure a credential helper to remove this warning\. See\nhttps:\/\/docs\.docker\.com\/go\/credential-store\/\n\n/;

describe.skipIf(inject('sampleFolder') === '')('docker login', () => {
  let engine: Engine;
  let tokens: TokenServer;
  const registries: Record<string, RegistryServer> = {};

  beforeAll(async () => {
    engine = await Engine.start();
    tokens = await startTokenServer();
    registries['open'] = await startRegistry();
    registries['basic'] = await startRegistry({ auth: 'htpasswd' });
    registries['token'] = await startRegistry({ auth: tokens });
  });
  afterAll(async () => {
    await engine.stop();
    for (const registry of Object.values(registries)) await registry.stop();
    await tokens.stop();
  });

  /** Each line as docker's client and Drydock answer it, in order, in one session. `{basic}` stands for a registry, `<` gives the password. */
  async function compare(lines: readonly (readonly string[])[]): Promise<void> {
    const drydock = await Drydock.open();
    const ours: unknown[] = [];
    const theirs: unknown[] = [];
    for (const line of lines) {
      const words = line.map((word) =>
        word.replace(/\{(\w+)\}/, (_, name: string) => registries[name]?.host ?? ''),
      );
      const usesInput = words.at(-1) === '<';
      const args = usesInput ? words.slice(0, -1) : words;
      const input = usesInput ? `${PASSWORD}\r\n` : '';
      const theirRun = await engine.docker(args, { input });
      theirs.push({
        line,
        exitCode: theirRun.exitCode,
        stdout: theirRun.stdout.toString(),
        stderr: theirRun.stderr.toString().replace(FILE_WARNING, ''),
      });
      const quoted = args.map((word) => `'${word}'`).join(' ');
      const { exitCode, stdout, stderr } = await drydock.run(
        usesInput ? `docker ${quoted} < password` : `docker ${quoted}`,
        { files: { password: new Blob([input]) } },
      );
      ours.push({ line, exitCode, stdout, stderr });
    }
    expect(ours).toEqual(theirs);
  }

  it.each(['basic', 'token'])('takes and refuses what docker does: %s', async (kind) => {
    const server = `{${kind}}`;
    await compare([
      ['login', server, '-u', 'ada', '-p', 'wrong'],
      ['login', server],
      ['login', server, '-u', 'ada', '-p', PASSWORD],
      ['login', server],
      ['pull', `${server}/no/such:1`],
      ['logout', server],
      ['login', server],
      ['login', '-u', 'ada', '--password-stdin', server, '<'],
      ['login', '--username', 'ada', '--password', PASSWORD, server],
      ['login', `https://${server}/v2/`],
      ['logout', `http://${server}`],
    ]);
  });

  it('has docker’s words for what is wrong with the line', async () => {
    await compare([
      ['login', '{open}', '-u', 'anybody', '-p', 'anything'],
      ['login', '{open}'],
      ['login', '{basic}', '--password-stdin'],
      ['login', '{basic}', '-u', 'ada', '-p', 'x', '--password-stdin'],
      ['login', '{basic}', '-u', 'ada', '--password-stdin'],
      ['login', '{basic}', '-u', 'ada'],
      ['login', '{basic}', '-p', 'x'],
      ['login', '{basic}', '-u', '', '-p', ''],
      ['login', '{basic}', '-u', 'ada', '-p', ''],
      ['login', 'bad host', '-u', 'ada', '-p', 'x'],
      ['login'],
      ['login', 'a', 'b'],
      ['login', '--help'],
      ['logout', 'a', 'b'],
      ['logout', '--help'],
      ['logout'],
      ['logout', 'nobody.example'],
    ]);
  });
});
