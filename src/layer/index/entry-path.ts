const SLASH = 0x2f;
const DOT = 0x2e;
/** `.wh.` */
const WHITEOUT_PREFIX = [DOT, 0x77, 0x68, DOT] as const;
/** `.wh..wh..opq`. https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts */
const OPAQUE_NAME = '.wh..wh..opq';
const META_PREFIX = '.wh..wh.';

/**
 * What a name in a layer's tar stands for. `path` is normalised; of a whiteout it is the path that is hidden, of an opaque marker the
 * directory. `ignored` is what is no content: the root itself, other `.wh..wh.*` names (of aufs) and whiteouts of no valid name.
 */
export interface LayerPath {
  readonly role: 'entry' | 'whiteout' | 'opaque' | 'ignored';
  readonly path: Uint8Array;
}

/** Reads a raw name of a layer's tar. */
export function layerPath(raw: Uint8Array): LayerPath {
  const trimmed = trim(raw);
  const parts = scanParts(trimmed);
  const path = (parts & ABNORMAL) === 0 ? trimmed : rebuild(trimmed);
  if (path.length === 0) return { role: 'ignored', path };
  return (parts & WHITEOUT) === 0 ? { role: 'entry', path } : readWhiteout(path);
}

function readWhiteout(path: Uint8Array): LayerPath {
  const slash = path.lastIndexOf(SLASH);
  const name = latin1(path.subarray(slash + 1));
  if (name === OPAQUE_NAME) return { role: 'opaque', path: path.subarray(0, Math.max(0, slash)) };
  if (hasMetaPart(path)) return { role: 'ignored', path };
  if (!name.startsWith('.wh.')) return { role: 'entry', path };
  const hidden = name.slice(WHITEOUT_PREFIX.length);
  // `.wh.` names nothing; `.wh..` and `.wh...` would name the directory itself and its parent, which the spec does not allow.
  if (hidden === '' || hidden === '.' || hidden === '..') return { role: 'ignored', path };
  return { role: 'whiteout', path: withoutPrefix(path, slash + 1) };
}

/**
 * A name as a path from the root: no leading `/` or `./`, no trailing `/`, no empty or `.` parts, and `..` stops at the root, as it does
 * for an engine, whose root the layer cannot leave.
 */
export function normalizePath(raw: Uint8Array): Uint8Array {
  const path = trim(raw);
  return (scanParts(path) & ABNORMAL) === 0 ? path : rebuild(path);
}

/** Without leading `/` and `./` and trailing `/`: the bytes as they are where there are none. */
function trim(raw: Uint8Array): Uint8Array {
  let start = 0;
  let end = raw.length;
  while (raw[start] === SLASH || (raw[start] === DOT && raw[start + 1] === SLASH)) {
    start += raw[start] === SLASH ? 1 : 2;
  }
  while (end > start && raw[end - 1] === SLASH) end--;
  return start === 0 && end === raw.length ? raw : raw.subarray(start, end);
}

/** A part is empty, `.` or `..`. */
const ABNORMAL = 1;
/** A part begins with `.wh.`. */
const WHITEOUT = 2;

/** What is to be said of the parts of a path, in one look at each byte. */
function scanParts(path: Uint8Array): number {
  let found = 0;
  let isStart = true;
  for (let at = 0; at < path.length; at++) {
    const byte = path[at];
    if (isStart) {
      if (byte === SLASH) found |= ABNORMAL;
      else if (byte === DOT) found |= scanDotPart(path, at);
    }
    isStart = byte === SLASH;
  }
  return found;
}

/** As `scanParts`, of one part that begins with a dot. */
function scanDotPart(path: Uint8Array, start: number): number {
  if (WHITEOUT_PREFIX.every((byte, i) => path[start + i] === byte)) return WHITEOUT;
  const end = path[start + 1] === DOT ? start + 2 : start + 1;
  return end === path.length || path[end] === SLASH ? ABNORMAL : 0;
}

function rebuild(path: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  for (let start = 0; start <= path.length;) {
    const slash = path.indexOf(SLASH, start);
    const end = slash < 0 ? path.length : slash;
    const part = path.subarray(start, end);
    const dots = part.length <= 2 && part.every((byte) => byte === DOT) ? part.length : -1;
    if (dots === 2) kept.pop();
    else if (dots < 0) kept.push(part);
    start = end + 1;
  }
  const size = kept.reduce((sum, part) => sum + part.length + 1, 0);
  const joined = new Uint8Array(Math.max(0, size - 1));
  let at = 0;
  for (const part of kept) {
    if (at > 0) joined[at++] = SLASH;
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** True where any part begins with `.wh..wh.`: aufs keeps files of its own there. */
function hasMetaPart(path: Uint8Array): boolean {
  return latin1(path)
    .split('/')
    .some((part) => part.startsWith(META_PREFIX));
}

/** The path without the `.wh.` that stands at `at`. */
function withoutPrefix(path: Uint8Array, at: number): Uint8Array {
  const hidden = new Uint8Array(path.length - WHITEOUT_PREFIX.length);
  hidden.set(path.subarray(0, at));
  hidden.set(path.subarray(at + WHITEOUT_PREFIX.length), at);
  return hidden;
}

/** Bytes as characters of the same number: for comparing with ASCII names. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
