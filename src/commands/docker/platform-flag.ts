import { parsePlatformText, type Platform } from '../../oci/platform';
import { CommandError } from '../errors';

const SYSTEMS =
  /^(?:aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|windows|zos)$/;
const ARCHITECTURES =
  /^(?:386|amd64|amd64p32|arm|armbe|arm64|arm64be|ppc64|ppc64le|loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|ppc|riscv|riscv64|s390|s390x|sparc|sparc64|wasm|x86_64|x86-64|i386|i686|aarch64|armhf|armel)$/;

/** Which of containerd's two versions reads it: the client's own, or the one in engine 20.10. They differ in what they say. */
export interface PlatformReader {
  /** Stands before what is wrong. */
  readonly prefix: string;
  readonly isOld?: true;
}

/**
 * The platform that `--platform` names. Throws `usage` in containerd's words.
 * https://github.com/containerd/platforms/blob/v1.0.0-rc.1/platforms.go
 */
export function parsePlatformFlag(text: string, { prefix, isOld }: PlatformReader): Platform {
  const fail = (problem: string) =>
    new CommandError('usage', `${prefix}${problem}: invalid argument`);
  const quoted = JSON.stringify(text);
  const parts = text.split('/');
  const component = isOld ? '^[A-Za-z0-9_-]+$' : '^[A-Za-z0-9_.-]+$';
  if (parts.length > 3) throw fail(`${quoted}: cannot parse platform specifier`);
  for (const [i, part] of parts.entries()) {
    if (i === 0 && !isOld) {
      if (/^[A-Za-z0-9_-]+(?:\([A-Za-z0-9_.-]*\))?$/.test(part)) continue;
      throw fail(
        String.raw`${JSON.stringify(part)} is an invalid OS component of ${quoted}: OSAndVersion specifier component must match "^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.-]*)\\))?$"`,
      );
    }
    if (new RegExp(component).test(part)) continue;
    throw fail(
      `${JSON.stringify(part)} is an invalid component of ${quoted}: platform specifier component must match "${component}"`,
    );
  }
  const [first = ''] = parts;
  const word = first.replace(/\(.*\)$/, '').toLowerCase();
  const isKnown = SYSTEMS.test(word) || ARCHITECTURES.test(word);
  const platform = parsePlatformText(text.replace(/\([^)]*\)/, ''));
  if (!platform || (parts.length === 1 && !isKnown)) {
    throw fail(`${quoted}: unknown operating system or architecture`);
  }
  return platform;
}
