import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { inTemporaryFolder } from './image-makers';
import { sha256 } from './staged-archive';
import { shell, succeed } from '../program';

/** A layer as a builder stores it, and the digest of what it unpacks to. */
export interface EncodedLayer {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly diffId: string;
}

type EncodeLayer = (tar: Buffer) => Promise<EncodedLayer>;

const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
/** What Go's tar writer ends an archive with: two zero blocks. */
const END_OF_ARCHIVE_BYTES = 1024;
const CHUNK_BYTES = 64 * 1024;
const SKIPPABLE_FRAME_MAGIC = 0x184d2a50;

export const plain: EncodeLayer = (tar) =>
  Promise.resolve({ mediaType: OCI_LAYER, bytes: tar, diffId: sha256(tar) });

export const gzip: EncodeLayer = (tar) =>
  Promise.resolve({ mediaType: `${OCI_LAYER}+gzip`, bytes: gzipSync(tar), diffId: sha256(tar) });

/** Compressed by the program that many builders call. */
export async function compressedBy(program: string, bytes: Uint8Array): Promise<Buffer> {
  return inTemporaryFolder(async (folder) => {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    await writeFile(from, bytes);
    await shell(`${program} -c < "$1" > "$2"`, from, to);
    return readFile(to);
  });
}

export const zstd: EncodeLayer = async (tar) => ({
  mediaType: `${OCI_LAYER}+zstd`,
  bytes: await compressedBy('zstd', tar),
  diffId: sha256(tar),
});

function chunks(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, n) =>
    bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES),
  );
}

/** A tar with the table of contents of an eStargz layer, its end-of-archive blocks included. */
function tableOfContents(): Promise<Buffer> {
  return inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, '.no.prefetch.landmark'), Buffer.of(0x0f));
    await writeFile(join(folder, 'stargz.index.json'), JSON.stringify({ version: 1, entries: [] }));
    const flags = ['--format=ustar', '--blocking-factor=1', '--mtime=@0'];
    const files = ['.no.prefetch.landmark', 'stargz.index.json'];
    await succeed('tar', [...flags, '-cf', join(folder, 'toc.tar'), '-C', folder, ...files]);
    return readFile(join(folder, 'toc.tar'));
  });
}

/** eStargz's footer: a gzip member without content whose extra field says where the table of contents begins. */
function stargzFooter(offset: number): Buffer {
  const field = Buffer.from(`${offset.toString(16).padStart(16, '0')}STARGZ`);
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]);
  const extra = Buffer.from([field.length + 4, 0, 0x53, 0x47, field.length, 0]);
  return Buffer.concat([header, extra, field, Buffer.from([1, 0, 0, 0xff, 0xff]), Buffer.alloc(8)]);
}

function stargzOf(content: Buffer, toc: Buffer): EncodedLayer {
  const members = chunks(content).map((chunk) => gzipSync(chunk));
  const offset = members.reduce((sum, member) => sum + member.length, 0);
  return {
    mediaType: `${OCI_LAYER}+gzip`,
    bytes: Buffer.concat([...members, gzipSync(toc), stargzFooter(offset)]),
    diffId: sha256(Buffer.concat([content, toc])),
  };
}

/** eStargz: many gzip members, the table of contents as the last entries of the tar. */
export const estargz: EncodeLayer = async (tar) =>
  stargzOf(tar.subarray(0, -END_OF_ARCHIVE_BYTES), await tableOfContents());

/** As some converters write it: the table of contents after the tar's end, where a tar reader no longer looks but the diff ID does. */
export const estargzBehindTheEnd: EncodeLayer = async (tar) =>
  stargzOf(tar, await tableOfContents());

/** zstd:chunked: a frame a chunk, its manifest and footer in skippable frames. */
export const zstdChunked: EncodeLayer = async (tar) => {
  const frames = await Promise.all(chunks(tar).map((chunk) => compressedBy('zstd', chunk)));
  const manifest = Buffer.from(JSON.stringify({ version: 1, entries: [] }));
  const footer = Buffer.concat([Buffer.alloc(56), Buffer.from('GNUlInUx')]);
  return {
    mediaType: `${OCI_LAYER}+zstd`,
    bytes: Buffer.concat([...frames, skippableFrame(manifest), skippableFrame(footer)]),
    diffId: sha256(tar),
  };
};

function skippableFrame(content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(SKIPPABLE_FRAME_MAGIC, 0);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}
