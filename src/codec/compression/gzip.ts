import type { DecoderInput } from './decoder-input';
import { CodecError, truncatedStream } from '../errors';
import { GzipMembers } from './gzip-members';
import { NativeGunzip } from './native-gunzip';

/** Compressed bytes within which a first member must end for a stream to be taken for one of many. */
const PROBE_BYTES = 256 * 1024;
/** What it unpacks to within which it must end: several times what one of many holds (eStargz: 4 MiB, BGZF: 64 KiB). */
const PROBE_OUTPUT_BYTES = 32 * 1024 * 1024;

/**
 * The browser's decoder is several times as fast as any in JavaScript, but takes one member alone: it fails at a second, or at padding. Streams of
 * many members (eStargz, BGZF) have short ones, so that a look at the start tells, and the browser gets all others. Where it fails
 * even so, whatever it says, the stream is read again in JavaScript, which decides what is wrong, if anything.
 */
export async function* decodeGzip(
  input: DecoderInput,
  what: string,
): AsyncGenerator<Uint8Array, void> {
  const single = await input.peek(() => beginsWithLongMember(input));
  let given = 0;
  if (single) {
    const native = new NativeGunzip(input);
    for await (const chunk of native.chunks()) {
      given += chunk.length;
      yield chunk;
    }
    if (native.outcome === 'complete') return;
    if (native.outcome === 'truncated') {
      throw truncatedStream({ what, offset: input.offset }, 'gzip', native.error);
    }
    await input.restart();
  }
  for await (const chunk of decodeMembers(input, what)) {
    const known = Math.min(given, chunk.length);
    given -= known;
    yield chunk.subarray(known);
  }
}

/** True where the first member is sound as far as a look goes, and neither it nor the input ends there. */
async function beginsWithLongMember(input: DecoderInput): Promise<boolean> {
  const members = new GzipMembers('');
  let unpacked = 0;
  while (input.offset < PROBE_BYTES && unpacked < PROBE_OUTPUT_BYTES) {
    const piece = await input.next();
    const bytes = piece && soundBytes(members, piece);
    if (bytes === undefined || members.ended > 0) return false;
    unpacked += bytes;
  }
  return true;
}

/** How many bytes a piece unpacks to, undefined where it is damaged. */
function soundBytes(members: GzipMembers, piece: Uint8Array): number | undefined {
  try {
    members.feed(piece);
    let bytes = 0;
    for (let chunk = members.next(); chunk; chunk = members.next()) bytes += chunk.length;
    return bytes;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

async function* decodeMembers(input: DecoderInput, what: string): AsyncGenerator<Uint8Array, void> {
  const members = new GzipMembers(what);
  for (;;) {
    const piece = await input.next();
    if (!piece) break;
    members.feed(piece);
    for (let chunk = members.next(); chunk; chunk = members.next()) yield chunk;
  }
  if (!members.complete) throw truncatedStream({ what, offset: input.offset }, 'gzip');
}
