import { startFaultProxy } from '../servers/fault-proxy';
import type { FaultyRequest } from '../servers/faults';
import type { RegistryServer } from '../servers/registry';
import type { Drydock } from './drydock';
import type { Engine } from './engine';

export const JSON_TYPE = { 'Content-Type': 'application/json' };

/** What a registry answers in the place of what was asked for. */
export interface Refusal {
  readonly status: number;
  readonly body?: string;
  readonly type?: Readonly<Record<string, string>>;
}

/** A refusal as the specification has it. */
export function told(status: number, code: string, message: string, detail?: unknown): Refusal {
  return {
    status,
    body: JSON.stringify({ errors: [{ code, message, detail }] }),
    type: JSON_TYPE,
  };
}

export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A registry that refuses some of what is asked for, and who asks. */
export interface RefusingLine {
  readonly registry: RegistryServer;
  readonly engine: Engine;
  readonly drydock: Drydock;
  readonly isRefused: (request: FaultyRequest) => boolean;
  readonly refusal: Refusal;
}

/** What lines end with in the engine and in Drydock, the last of them if there are several. `{}` stands for the registry. */
export async function bothOver(
  { registry, engine, drydock, isRefused, refusal }: RefusingLine,
  ...commands: readonly string[]
): Promise<readonly [ours: Answer, theirs: Answer]> {
  const { status, body = '', type = {} } = refusal;
  const line = await startFaultProxy(registry.url, (request) =>
    isRefused(request) ? { kind: 'status', status, body, headers: type } : undefined,
  );
  try {
    let answers: readonly [Answer, Answer] | undefined;
    for (const command of commands) {
      const words = command.replaceAll('{}', line.host);
      const theirs = await engine.docker(words.split(' ').slice(1));
      const { exitCode, stdout, stderr } = await drydock.run(words);
      answers = [
        { exitCode, stdout, stderr },
        {
          exitCode: theirs.exitCode,
          stdout: theirs.stdout.toString(),
          stderr: theirs.stderr.toString(),
        },
      ];
    }
    if (!answers) throw new RangeError('no command was given');
    return answers;
  } finally {
    await line.stop();
  }
}
