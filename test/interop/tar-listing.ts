import { run } from './program';

/** One entry as the system's tar lists it, in the words of `drydock files --format json`. */
export interface ListedEntry {
  /** Bytes that are not UTF-8 as `\xNN`, a backslash doubled; no slash at either end. */
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly linkname: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '-': 'file',
  d: 'dir',
  l: 'symlink',
  h: 'hardlink',
  c: 'char',
  b: 'block',
  p: 'fifo',
};

/** Permissions, owners, size (or a device's numbers), time, then a quoted name, and perhaps another that it links to. */
const LINE =
  /^(.)(.{9})\S? (\d+)\/(\d+) +(\S+) (\S+ \S+) +"((?:[^"\\]|\\.)*)"(?:(?: -> | link to )"((?:[^"\\]|\\.)*)")?$/;

/** Lists a tar file with the system's tar, in the order of the archive. */
export async function listTar(file: string): Promise<ListedEntry[]> {
  const flags = ['--numeric-owner', '--full-time', '--quoting-style=c', '-tvf'];
  const finished = await run('tar', [...flags, file]);
  const text = finished.stdout.toString('latin1').trimEnd();
  return text === '' ? [] : text.split('\n').map((line) => parseLine(line));
}

function parseLine(line: string): ListedEntry {
  const [, letter = '', permissions = '', uid, gid, size, time = '', name = '', target = ''] =
    LINE.exec(line) ?? [];
  const type = TYPES[letter];
  if (type === undefined) throw new Error(`tar listed what is not understood: ${line}`);
  return {
    path: printable(trimSlashes(unquote(name))),
    type,
    mode: modeOf(permissions),
    uid: Number(uid),
    gid: Number(gid),
    size: type === 'file' ? Number(size) : 0,
    mtime: Math.floor(Date.parse(`${time.replace(' ', 'T').replace(/\..*/, '')}Z`) / 1000),
    linkname: printable(unquote(target)),
  };
}

/** `rwsr-x--T` as 12 bits. */
function modeOf(permissions: string): number {
  let mode = 0;
  for (let n = 0; n < 9; n++) {
    const letter = permissions[n] ?? '-';
    if (/[rwxst]/.test(letter)) mode |= 0o400 >> n;
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> Math.floor(n / 3);
  }
  return mode;
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** Undoes the quoting of a C string literal. */
function unquote(quoted: string): Buffer {
  const bytes = quoted.replace(/\\([0-7]{3}|.)/g, (_, escape: string) => {
    if (escape.length === 3) return String.fromCharCode(Number.parseInt(escape, 8));
    return String.fromCharCode(ESCAPES[escape] ?? escape.charCodeAt(0));
  });
  return Buffer.from(bytes, 'latin1');
}

/** What begins with `./` or a slash, and directories, which end with one. */
function trimSlashes(name: Buffer): Buffer {
  return Buffer.from(name.toString('latin1').replace(/^(\.?\/)+|\/+$|^\.$/g, ''), 'latin1');
}

/** UTF-8 as it is; every other byte as `\xNN`, a backslash doubled. */
export function printable(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const character = characterAt(bytes, at);
    if (character === undefined) text += `\\x${bytes.toString('hex', at, at + 1)}`;
    else text += character === '\\' ? '\\\\' : character;
    at += character === undefined ? 1 : Buffer.byteLength(character);
  }
  return text;
}

/** Undoes `printable`. */
export function rawBytes(path: string): Buffer {
  const latin1 = Buffer.from(path).toString('latin1');
  const bytes = latin1.replace(/\\(?:x([0-9a-f]{2})|\\)/g, (_, hex?: string) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

function characterAt(bytes: Buffer, at: number): string | undefined {
  for (let length = 1; length <= 4; length++) {
    const character = bytes.toString('utf8', at, at + length);
    if (!character.includes('\ufffd')) return character;
    if (Buffer.from(character).equals(bytes.subarray(at, at + length))) return character;
  }
  return undefined;
}
