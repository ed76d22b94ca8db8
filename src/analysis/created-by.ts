import { goHealthcheck, goMapKeys, goSlice, goStrings } from './go-values';
import { quoteKeyValues } from './key-values';

/** One step of a build as a Dockerfile writes it, as far as `created_by` tells. */
export interface Instruction {
  /** `RUN`, `COPY`…; undefined for what no Dockerfile instruction made (`bazel build …`, `# debian.sh …`). */
  readonly keyword: string | undefined;
  /** The rest, as written: possibly of several lines. */
  readonly argument: string;
}

const BUILDKIT = ' # buildkit';
/** Characters in which the shell is looked for behind build arguments, and that its own words may take. */
const SEARCHED = 65_536;
const SHELL_LENGTH = 256;

const KEYWORDS = new Set([
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]);

/** A shell that a RUN step was given to: `/bin/sh -c`, `/bin/bash -eo pipefail -c`, `cmd /S /C`, `powershell -Command`. */
const SHELL =
  /^(?:\/\S*\/)?(?:ba|da|z|k|a)?sh(?: -\S+| \S+(?= -c ))*? -\w*c\s|^cmd(?:\.exe)? \/S \/C\s|^(?:powershell|pwsh)(?:\.exe)? (?:\S+ )*?-Command\s/i;

/** Build arguments of a RUN step: their count, then that many `NAME=value`, whose values may hold spaces. */
const BUILD_ARGS = /^\|(\d+) /;

/**
 * What an engine recorded of a step, as the instruction that made it. The classic builder writes `/bin/sh -c #(nop) CMD ["sh"]` and
 * `|1 A=b /bin/sh -c make`, BuildKit `RUN |1 A=b /bin/sh -c make # buildkit` and Go values: `EXPOSE map[80/tcp:{}]`.
 */
export function readCreatedBy(createdBy: string): Instruction {
  const text = (
    createdBy.endsWith(BUILDKIT) ? createdBy.slice(0, -BUILDKIT.length) : createdBy
  ).trim();
  const nop = /^(?:\/bin\/sh -c|cmd \/S \/C|powershell \S+) +#\(nop\)\s+/i.exec(text);
  if (nop) return withKeyword(text.slice(nop[0].length)) ?? other(text.slice(nop[0].length));
  const command = shellCommand(text);
  if (command !== undefined) return { keyword: 'RUN', argument: command };
  return withKeyword(text) ?? other(text);
}

function withKeyword(text: string): Instruction | undefined {
  const [, word = '', rest = ''] = /^([A-Za-z]+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  const keyword = word.toUpperCase();
  // `user=root make` and `run.sh` are no instructions; builders that write words in lower case do not exist.
  if (!KEYWORDS.has(keyword) || word !== keyword) return undefined;
  return { keyword, argument: readArgument(keyword, rest.trim()) };
}

function other(text: string): Instruction {
  return { keyword: undefined, argument: text.replace(/^#\s*/, '') };
}

function readArgument(keyword: string, rest: string): string {
  switch (keyword) {
    case 'RUN':
      return shellCommand(rest) ?? rest;
    case 'ADD':
    case 'COPY':
      // The classic builder writes `file:DIGEST in /target`.
      return rest.replace(/^((?:file|dir|multi):[0-9a-f]+) in /, '$1 ');
    case 'CMD':
    case 'ENTRYPOINT':
      return jsonStrings(goStrings(rest)) ?? rest;
    case 'SHELL':
    case 'VOLUME':
      return jsonStrings(goStrings(rest) ?? goSlice(rest)) ?? rest;
    case 'EXPOSE':
      return goMapKeys(rest)?.join(' ') ?? rest;
    case 'ENV':
    case 'LABEL':
      return quoteKeyValues(rest);
    case 'HEALTHCHECK':
      return goHealthcheck(rest) ?? rest;
    case 'ONBUILD': {
      const inner = withKeyword(rest);
      return inner?.keyword === undefined ? rest : `${inner.keyword} ${inner.argument}`;
    }
    default:
      return rest;
  }
}

function jsonStrings(values: readonly string[] | undefined): string | undefined {
  return values && `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
}

/** What a shell was given, without the shell and the build arguments; undefined where there is no shell. */
function shellCommand(text: string): string | undefined {
  const count = BUILD_ARGS.exec(text);
  const rest = count ? skipBuildArgs(text.slice(count[0].length)) : text;
  if (rest === undefined) return undefined;
  const shell = SHELL.exec(rest.slice(0, SHELL_LENGTH));
  if (shell) return rest.slice(shell[0].length).trim();
  return count ? rest : undefined;
}

/** The text after the build arguments. Their values are not quoted, so the first shell is taken as their end. */
function skipBuildArgs(text: string): string | undefined {
  let at = 0;
  do {
    if (SHELL.test(text.slice(at, at + SHELL_LENGTH))) return text.slice(at);
    at = text.indexOf(' ', at) + 1;
  } while (at > 0 && at < SEARCHED);
  return undefined;
}
