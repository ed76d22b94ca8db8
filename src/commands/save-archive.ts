import { saveImages, type SaveOptions } from '../archive/write/save-images';
import type { ImageToSave } from '../archive/write/image-to-save';
import type { SaveNote } from '../archive/write/save-notes';
import { summaryOf } from '../image/image-list';
import type { Digest } from '../oci/digest';
import { formatPlatform, matchesPlatform, type Platform } from '../oci/platform';
import { canonicalReference, familiarReference, type Reference } from '../oci/reference';
import type { ImageRoot } from '../store/metadata-store';
import type { CommandContext, OutputFile } from './command';
import type { NamedImage, Refuse } from './docker/archive/saved-names';
import { CommandError } from './errors';

export interface SaveRequest extends Pick<SaveOptions, 'type' | 'encoding'> {
  readonly images: readonly NamedImage[];
  /** Platforms to take along; all that are here where there is none. */
  readonly platforms: readonly Platform[];
  /** What `-o` gives; empty for standard output. */
  readonly output: string;
}

/** Throws what docker's client says where an archive would go to a screen. */
export function checkOutput(output: string, { redirection }: CommandContext): void {
  if (output !== '' || redirection) return;
  throw new CommandError(
    'refused',
    'cowardly refusing to save to a terminal. Use the -o flag or redirect',
  );
}

/** Writes an archive of images to a file, whole or not at all, and what there is to know of it to stderr. */
export async function saveArchive(
  request: SaveRequest,
  context: CommandContext,
  refuse: Refuse,
): Promise<void> {
  const images = await imagesToSave(request, context, refuse);
  const file = await openOutput(request.output, context);
  try {
    const archive = await saveImages(images, context, { ...request, ...taskOf(context) });
    try {
      await file.write(archive.blob, taskOf(context));
      for (const note of archive.notes) context.err.write(`${describe(note)}\n`);
    } finally {
      await archive.release();
    }
  } finally {
    await file.discard();
  }
}

function taskOf({
  signal,
  onProgress,
}: CommandContext): Pick<SaveOptions, 'signal' | 'onProgress'> {
  return { signal, onProgress };
}

async function openOutput(
  output: string,
  { files, redirection }: CommandContext,
): Promise<OutputFile> {
  if (output !== '' || !redirection) return files.create(output);
  return redirection();
}

/** Each name with what it points to: the same image may be stored as more than one manifest. */
async function imagesToSave(
  { images, platforms }: SaveRequest,
  { store }: CommandContext,
  refuse: Refuse,
): Promise<readonly ImageToSave[]> {
  const chosen: ImageToSave[] = [];
  for (const named of images) {
    const { roots } = named.image;
    const namesOf = new Map<ImageRoot, Reference[]>();
    for (const name of named.names) {
      const target = await store.refs.resolve(canonicalReference(name));
      const root = roots.find((each) => each.target.digest === target?.digest) ?? roots[0];
      if (root) namesOf.set(root, [...(namesOf.get(root) ?? []), name]);
    }
    const [first] = roots;
    if (namesOf.size === 0 && first) namesOf.set(first, []);
    for (const [root, names] of namesOf) {
      const manifests = platforms.map((platform) => manifestFor(platform, root, named, refuse));
      chosen.push({ root, names, ...(platforms.length > 0 ? { manifests } : {}) });
    }
  }
  return chosen;
}

function manifestFor(
  asked: Platform,
  root: ImageRoot,
  { names: [name], askedAs }: NamedImage,
  refuse: Refuse,
): Digest {
  const found = summaryOf(root).platforms.find(({ platform }) => matchesPlatform(asked, platform));
  if (found) return found.manifest;
  const title = name ? familiarReference(name) : askedAs;
  throw refuse(
    `no suitable export target found: image with reference ${title} was found but does not provide the specified platform (${formatPlatform(asked)})`,
  );
}

function describe(note: SaveNote): string {
  const { image } = note;
  switch (note.kind) {
    case 'new-digest':
      return `${image}: layers were packed anew, so that it has a new digest: ${note.digest}`;
    case 'no-attestations':
      return `${image}: its attestations are left out, as they speak of the digest before`;
    case 'zstd-layers':
      return `${image} has zstd layers, which Docker before 23.0 cannot load; "drydock save --compress gzip" packs them anew`;
    case 'new-id':
      return `${image}: this type of archive has no configuration, so that whoever loads it gives it another image ID`;
  }
}
