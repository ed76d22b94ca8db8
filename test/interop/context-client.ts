import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  goBool,
  goString,
  goStrings,
  goStruct,
  NIL,
  type GoField,
  type GoMap,
  type GoStruct,
  type GoValue,
} from '../../src/commands/template/go-value';
import { run, succeed } from './program';
import type { Answer } from './transcript';

/** Another client has other texts. */
const VERSION = /^Docker version 28\.2\./;

const NAME = 'drydock';
const HOST = 'tcp://127.0.0.1:1';
const FILES = ['ca.pem', 'cert.pem'];
const DESCRIPTION = 'a "context" of \'templates\'\n';

/** What a context may hold beside what docker knows of: any JSON. */
const MORE: Readonly<Record<string, unknown>> = {
  number: 1.5,
  big: 1e21,
  text: 'é😀 ǆ\t`x`',
  list: ['x', 2, null, true, [1], { k: 'v' }],
  map: { b: 1, a: 'é', '': null },
  none: null,
  yes: true,
  empty: '',
  no: [],
};

/** The client's own templates, without an engine: it runs them on a context, whose values are known. */
export class ContextClient {
  private constructor(
    private readonly folder: string,
    /** What templates are run on. */
    readonly value: GoValue,
  ) {}

  static async open(): Promise<ContextClient> {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-context-'));
    const id = createHash('sha256').update(NAME).digest('hex');
    const [meta, tls] = ['meta', 'tls'].map((kind) => join(folder, 'contexts', kind, id));
    if (meta === undefined || tls === undefined) throw new Error('no folder');
    await mkdir(meta, { recursive: true });
    await mkdir(join(tls, 'docker'), { recursive: true });
    for (const file of FILES) await writeFile(join(tls, 'docker', file), '');
    const context = {
      Name: NAME,
      Metadata: { Description: DESCRIPTION, ...MORE },
      Endpoints: { docker: { Host: HOST, SkipTLSVerify: true } },
    };
    await writeFile(join(meta, 'meta.json'), JSON.stringify(context));
    return new ContextClient(folder, contextValue(meta, tls));
  }

  /** Why the client here cannot be asked; undefined where it can. */
  static async whyNone(): Promise<string | undefined> {
    try {
      const version = await succeed('docker', ['--version']);
      if (VERSION.test(version)) return undefined;
      return `docker's client here is ${version.trim()}, not 28.2`;
    } catch {
      return 'docker not found (Debian: apt-get install docker.io)';
    }
  }

  async answer(template: string): Promise<Answer> {
    const args = ['context', 'inspect', NAME, `--format=${template}`];
    const env = { DOCKER_CONFIG: this.folder };
    const { stdout, stderr, exitCode } = await run('docker', args, { env });
    return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

function contextValue(metadataPath: string, tlsPath: string): GoValue {
  const extra = anyMap(MORE);
  const endpoint = goStruct('context.EndpointMetaBase', [
    ['Host', goString(HOST)],
    ['SkipTLSVerify', goBool(true)],
  ]);
  const docker = flattened('command.DockerContext', [
    ['Description', goString(DESCRIPTION)],
    ['AdditionalFields', extra],
  ]);
  const endpoints: GoMap = {
    kind: 'map',
    type: 'map[string]interface {}',
    entries: new Map([['docker', endpoint]]),
    zero: NIL,
  };
  const metadata = goStruct('store.Metadata', [
    ['Name', goString(NAME)],
    ['Metadata', docker],
    ['Endpoints', endpoints],
  ]);
  const files = goStrings(FILES, 'store.EndpointFiles');
  const tls: GoMap = {
    kind: 'map',
    type: 'map[string]store.EndpointFiles',
    entries: new Map([['docker', files]]),
    zero: goStrings(null, 'store.EndpointFiles'),
  };
  const storage = goStruct('store.StorageInfo', [
    ['MetadataPath', goString(metadataPath)],
    ['TLSPath', goString(tlsPath)],
  ]);
  const whole = flattened('context.contextWithTLSListing', [
    ['Metadata', metadata],
    ['TLSMaterial', tls],
    ['Storage', storage],
  ]);
  // What is embedded is reached by its own names, too.
  return {
    ...whole,
    promoted: new Map([...metadata.fields].filter(([name]) => name !== 'Metadata')),
  };
}

/** A struct whose first or last field's members stand beside the others in JSON. */
function flattened(type: string, fields: readonly GoField[]): GoStruct {
  const members = fields.flatMap((field): GoField[] => {
    const [name, value] = field;
    if (name === 'Metadata' && value.kind === 'struct') return [...value.fields];
    return name === 'AdditionalFields' && value.kind === 'map' && value.entries
      ? [...value.entries]
      : [field];
  });
  // Docker puts these in the order of their names, unless they are a struct's own.
  const isSorted = type === 'command.DockerContext';
  const ordered = isSorted ? members.sort(([a], [b]) => (a < b ? -1 : 1)) : members;
  const json = goStruct(
    type,
    ordered.map(([name, value]) => [name.replace(/^./, 'X'), value, name]),
  );
  return { ...goStruct(type, fields), toJson: json.toJson };
}

function anyMap(members: object): GoMap {
  return {
    kind: 'map',
    type: 'map[string]interface {}',
    entries: new Map(Object.entries(members).map(([key, value]) => [key, decoded(value)])),
    zero: NIL,
  };
}

/** What encoding/json makes of JSON where nothing says its type. */
function decoded(json: unknown): GoValue {
  if (typeof json === 'boolean') return goBool(json);
  if (typeof json === 'number') return { kind: 'float', value: json };
  if (typeof json === 'string') return goString(json);
  if (Array.isArray(json)) {
    return { kind: 'slice', items: json.map(decoded), type: '[]interface {}' };
  }
  return typeof json === 'object' && json !== null ? anyMap(json) : NIL;
}
