import type { JsonValue } from '../../base/errors';
import { compareText } from '../../base/compare-text';
import { badInstruction } from './errors';
import { expandWord, expandWords, type Expansion } from './expand-word';
import { healthcheckOf, readFlags } from './healthcheck';
import type { Instruction } from './instruction';
import { parseDockerfile } from './parse-dockerfile';
import { parsePortSpec } from './port-specs';

/** The members of a container configuration that instructions set. */
export type ChangedConfig = Readonly<Record<string, JsonValue>>;

/**
 * What `docker import --change` makes of instructions: a container configuration, as engine 20.10 works it out. Throws `bad-instruction`
 * in its words. https://github.com/moby/moby/blob/v20.10.24/builder/dockerfile/builder.go (BuildFromConfig)
 */
export function configOfChanges(changes: readonly string[]): ChangedConfig {
  if (changes.length === 0) return {};
  const { instructions, escape } = parseDockerfile(changes.join('\n'));
  for (const { name } of instructions) {
    if (!HANDLERS.has(name)) throw badInstruction(`${name} is not a valid change command`);
  }
  // Everything is read before anything is applied, so that an error of the grammar comes first.
  for (const instruction of instructions) check(instruction);
  const draft = new ConfigDraft(escape);
  for (const instruction of instructions) HANDLERS.get(instruction.name)?.(draft, instruction);
  return draft.config();
}

/** A configuration under way. */
class ConfigDraft {
  readonly env = new Map<string, string>();
  readonly ports = new Set<string>();
  readonly volumes = new Set<string>();
  readonly labels = new Map<string, string>();
  readonly onBuild: string[] = [];
  readonly members: Record<string, JsonValue> = {};
  hasCommand = false;
  workingDir = '';
  readonly #escape: string;

  constructor(escape: string) {
    this.#escape = escape;
  }

  /** Variables as they were before an instruction. */
  get expansion(): Expansion {
    return { variables: new Map(this.env), escape: this.#escape };
  }

  config(): ChangedConfig {
    const { env, ports, volumes, labels, onBuild, workingDir } = this;
    return {
      ...this.members,
      ...(env.size > 0 ? { Env: [...env].map(([name, value]) => `${name}=${value}`) } : {}),
      ...(ports.size > 0 ? { ExposedPorts: setOf(ports) } : {}),
      ...(volumes.size > 0 ? { Volumes: setOf(volumes) } : {}),
      ...(labels.size > 0 ? { Labels: Object.fromEntries(labels) } : {}),
      ...(onBuild.length > 0 ? { OnBuild: onBuild } : {}),
      WorkingDir: workingDir,
    };
  }
}

function setOf(names: ReadonlySet<string>): JsonValue {
  return Object.fromEntries([...names].map((name) => [name, {}]));
}

type Handler = (draft: ConfigDraft, instruction: Instruction) => void;

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['cmd', setCommand],
  ['entrypoint', setEntrypoint],
  ['env', ({ env, expansion }, { args }) => addPairs(env, args, expansion)],
  ['expose', addPorts],
  [
    'healthcheck',
    ({ members }, instruction) => void (members['Healthcheck'] = healthcheckOf(instruction)),
  ],
  ['label', ({ labels, expansion }, { args }) => addPairs(labels, args, expansion)],
  [
    'onbuild',
    ({ onBuild }, { original }) => void onBuild.push(original.replace(/^\s*ONBUILD\s*/iu, '')),
  ],
  [
    'user',
    ({ members, expansion }, { args }) =>
      void (members['User'] = expandWord(args[0] ?? '', expansion)),
  ],
  ['volume', addVolumes],
  ['workdir', changeDirectory],
]);

const NEEDS_ARGUMENTS = new Set(['env', 'expose', 'healthcheck', 'label', 'onbuild', 'volume']);
const NEEDS_ONE = new Set(['user', 'workdir']);

/** What is wrong with an instruction before anything is filled in. */
function check(instruction: Instruction): void {
  const { name, args, flags } = instruction;
  const title = name.toUpperCase();
  if (args.length === 0 && NEEDS_ARGUMENTS.has(name)) {
    throw badInstruction(`${title} requires at least one argument`);
  }
  if (args.length === 0 && NEEDS_ONE.has(name)) {
    throw badInstruction(`${title} requires exactly one argument`);
  }
  if (name === 'healthcheck') healthcheckOf(instruction);
  else readFlags(flags);
  const isNamed = name === 'env' || name === 'label';
  if (isNamed && args.some((arg, i) => i % 2 === 0 && arg === '')) {
    throw badInstruction(`${title} names can not be blank`);
  }
  if (name === 'volume' && args.some((arg) => arg.trim() === '')) throw emptyVolume();
  if (name === 'onbuild') checkTrigger((args[0] ?? '').toUpperCase());
}

function checkTrigger(trigger: string): void {
  if (trigger === 'ONBUILD') {
    throw badInstruction("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  if (trigger === 'MAINTAINER' || trigger === 'FROM') {
    throw badInstruction(`${trigger} isn't allowed as an ONBUILD trigger`);
  }
}

/** As it stands where it is a JSON array, else for the shell. */
function commandLine({ args, isJson }: Instruction): readonly string[] {
  return isJson ? args : ['/bin/sh', '-c', ...args];
}

function setCommand(draft: ConfigDraft, instruction: Instruction): void {
  const command = commandLine(instruction);
  draft.members['Cmd'] = command;
  if (command.length > 0) draft.hasCommand = true;
}

function setEntrypoint(draft: ConfigDraft, instruction: Instruction): void {
  draft.members['Entrypoint'] = instruction.args.length > 0 ? commandLine(instruction) : null;
  if (!draft.hasCommand) draft.members['Cmd'] = null;
}

/** A name that is there already keeps its place. */
function addPairs(to: Map<string, string>, args: readonly string[], expansion: Expansion): void {
  for (let i = 0; i < args.length; i += 2) {
    to.set(expandWord(args[i] ?? '', expansion), expandWord(args[i + 1] ?? '', expansion));
  }
}

function addPorts({ ports, expansion }: ConfigDraft, { args }: Instruction): void {
  const specs = args.toSorted(compareText).flatMap((arg) => expandWords(arg, expansion));
  for (const port of specs.flatMap(parsePortSpec)) ports.add(port);
}

function addVolumes({ volumes, expansion }: ConfigDraft, { args }: Instruction): void {
  for (const volume of args.map((arg) => expandWord(arg.trim(), expansion))) {
    if (volume === '') throw emptyVolume();
    volumes.add(volume);
  }
}

function emptyVolume(): Error {
  return badInstruction('VOLUME specified can not be an empty string');
}

/** An absolute path stays as it is written; another is joined to the last, and then made plain. */
function changeDirectory(draft: ConfigDraft, { args }: Instruction): void {
  const path = expandWord(args[0] ?? '', draft.expansion);
  if (path === '') throw badInstruction('cannot normalize nothing');
  if (path.startsWith('/')) {
    draft.workingDir = path;
    return;
  }
  const parts: string[] = [];
  for (const part of `${draft.workingDir}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  draft.workingDir = `/${parts.join('/')}`;
}
