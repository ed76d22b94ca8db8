import { isCoded } from '../../../base/errors';
import { listImages, summaryOf, type ListedImage } from '../../../image/image-list';
import type { PlatformSummary } from '../../../image/image-summary';
import type { Descriptor } from '../../../oci/descriptor';
import { shortDigest, type Digest } from '../../../oci/digest';
import { formatPlatform, matchesPlatform, type Platform } from '../../../oci/platform';
import {
  canonicalReference,
  familiarName,
  familiarReference,
  parseReference,
  type Reference,
} from '../../../oci/reference';
import { mountSources } from '../../../registry/push/mount-sources';
import { CONCURRENT_UPLOADS, Pusher, type LayerOutcome } from '../../../registry/push/push';
import { planPush, type PushPlan } from '../../../registry/push/push-plan';
import type { Ref } from '../../../store/metadata-store';
import type { Call, Command, CommandContext, Output } from '../../command';
import { CommandError } from '../../errors';
import { parsePlatformFlag } from '../platform-flag';
import { pushError } from './push-error';

/** `docker push`: an image as it is stored, its bytes and digests the same. */
export const push: Command = {
  paths: ['docker image push', 'docker push'],
  operands: '[OPTIONS] NAME[:TAG]',
  summary: 'Upload an image to a registry',
  aliases: ['docker image push', 'docker push'],
  rule: { kind: 'exactly', count: 1 },
  flags: [
    {
      name: 'all-tags',
      shorthand: 'a',
      kind: 'bool',
      help: 'Push all tags of an image to the repository',
    },
    { name: 'disable-content-trust', kind: 'bool', help: 'Skip image signing', default: true },
    {
      name: 'platform',
      kind: 'string',
      help: 'Push a platform-specific manifest as a single-platform image to the registry',
      hidden: true,
    },
    { name: 'quiet', shorthand: 'q', kind: 'bool', help: 'Suppress verbose output' },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const text = flags.string('platform');
  const platform =
    text === '' ? undefined : parsePlatformFlag(text, { prefix: 'invalid platform: ' });
  const isQuiet = flags.bool('quiet');
  const out: Output = isQuiet ? { write: () => undefined } : context.out;
  const reference = readOperand(operands[0] ?? '', flags.bool('all-tags'), out);
  out.write(`The push refers to repository [${canonicalReference(withoutTag(reference))}]\n`);
  const refs = await refsToPush(reference, context);
  const session = new PushSession({ context, out, reference, platform });
  try {
    for (const ref of refs) await session.push(ref);
  } catch (error) {
    context.signal?.throwIfAborted();
    throw pushError(error);
  }
  if (isQuiet) context.out.write(`${familiarReference(reference)}\n`);
  return 0;
}

/** Throws what docker's client says of a name that cannot be pushed. */
function readOperand(text: string, isAll: boolean, out: Output): Reference {
  const reference = parseOperand(text);
  const isName = reference.tag === undefined && reference.digest === undefined;
  if (isAll && !isName) {
    throw new CommandError('usage', "tag can't be used with --all-tags/-a");
  }
  if (!isAll && isName) out.write('Using default tag: latest\n');
  if (reference.digest !== undefined) {
    throw new CommandError('usage', 'cannot push a digest reference');
  }
  return !isAll && isName ? { ...reference, tag: 'latest' } : reference;
}

function parseOperand(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new CommandError('usage', error.message, { cause: error });
  }
}

function withoutTag({ registry, repository }: Reference): Reference {
  return { registry, repository };
}

/** The names of the repository that are to be pushed. Throws what the engine says where there is none. */
async function refsToPush(reference: Reference, context: CommandContext): Promise<readonly Ref[]> {
  const repository = canonicalReference(withoutTag(reference));
  const refs: Ref[] = [];
  for await (const ref of context.store.refs.list()) {
    const { tag, ...name } = parseReference(ref.name);
    if (tag !== undefined && canonicalReference(name) === repository) refs.push(ref);
  }
  if (refs.length === 0) {
    const name = familiarName(reference);
    throw new CommandError('refused', `An image does not exist locally with the tag: ${name}`);
  }
  if (reference.tag === undefined) return refs;
  const ref = refs.find(({ name }) => name === canonicalReference(reference));
  if (ref) return [ref];
  throw new CommandError('refused', `tag does not exist: ${familiarReference(reference)}`);
}

interface PushSessionParts {
  readonly context: CommandContext;
  readonly out: Output;
  readonly reference: Reference;
  /** That of `--platform`. */
  readonly platform: Platform | undefined;
}

/** One or several tags of one repository on their way. */
class PushSession {
  readonly #parts: PushSessionParts;
  #pusher: Pusher | undefined;

  constructor(parts: PushSessionParts) {
    this.#parts = parts;
  }

  async push({ name, target }: Ref): Promise<void> {
    const { context, out } = this.#parts;
    const { store, platform } = context;
    const images = await listImages(store, platform);
    const pusher = (this.#pusher ??= this.#open(images));
    const { tag = 'latest' } = parseReference(name);
    const { plan, root } = await this.#plan(name, target, pusher);
    await pusher.push(plan, tag, {
      signal: context.signal,
      onProgress: context.onProgress,
      onLayer: this.#announce(plan, diffIdsOf(images)),
    });
    out.write(`${tag}: digest: ${root.digest} size: ${root.size}\n`);
    await this.#remember(target, root.digest);
  }

  #open(images: readonly ListedImage[]): Pusher {
    const { context, reference } = this.#parts;
    const { registry, repository } = reference;
    const { connection } = context.registries.open(registry);
    const sources = mountSources(images, reference);
    return new Pusher({
      connection,
      repository,
      reader: context.store.content,
      mountsOf: (digest) => sources.get(digest) ?? [],
    });
  }

  /** All of it where that is stored, or where the registry has the rest; else the one platform that is here, as engines do. */
  async #plan(
    name: string,
    target: Descriptor,
    pusher: Pusher,
  ): Promise<{ readonly plan: PushPlan; readonly root: Descriptor }> {
    const { context, platform } = this.#parts;
    const { signal } = context;
    const reader = context.store.content;
    const stored = await context.store.images.get(target.digest);
    const platforms = stored ? summaryOf(stored).platforms : [];
    if (platform) {
      const found = platforms.find((each) => matchesPlatform(platform, each.platform));
      if (!found) throw notProvided(name, platform);
      return this.#planOf(found, target);
    }
    const plan = await planPush(reader, target, { signal });
    const missing = await asyncFilter(
      plan.absent,
      async ({ digest }) => !(await pusher.hasManifest(digest, { signal })),
    );
    if (missing.length === 0) return { plan, root: target };
    const [only, another] = platforms;
    if (!only || another) throw incomplete(name, missing.length);
    const chosen = await this.#planOf(only, target);
    context.err.write(
      `Info: Not all multiplatform-content is present and only the available single-platform image was pushed\n${target.digest} -> ${chosen.root.digest}\n`,
    );
    return chosen;
  }

  async #planOf(
    { manifest }: PlatformSummary,
    target: Descriptor,
  ): Promise<{ readonly plan: PushPlan; readonly root: Descriptor }> {
    const { content } = this.#parts.context.store;
    const { signal } = this.#parts.context;
    const whole = await planPush(content, target, { signal });
    const document = whole.documents.find(({ descriptor }) => descriptor.digest === manifest);
    const root = document?.descriptor ?? { ...target, digest: manifest };
    return { plan: await planPush(content, root, { signal }), root };
  }

  /** Says of every layer that it waits, top first, and what became of it. */
  #announce(
    { layers }: PushPlan,
    diffIds: ReadonlyMap<Digest, Digest>,
  ): (layer: Descriptor, outcome: LayerOutcome) => void {
    const { out } = this.#parts;
    const idOf = ({ digest }: Descriptor): string => shortDigest(diffIds.get(digest) ?? digest);
    const topFirst = layers.toReversed();
    out.write(topFirst.map((layer) => `${idOf(layer)}: Preparing\n`).join(''));
    const waiting = [...new Set(topFirst.map(idOf))].slice(CONCURRENT_UPLOADS);
    out.write(waiting.map((id) => `${id}: Waiting\n`).join(''));
    return (layer, outcome) => out.write(`${idOf(layer)}: ${describe(outcome)}\n`);
  }

  /** From now on a registry knows the image under its digest. */
  async #remember(target: Descriptor, pushed: Digest): Promise<void> {
    const { context, reference } = this.#parts;
    const { store } = context;
    const image = await store.images.get(target.digest);
    const name = canonicalReference({ ...withoutTag(reference), digest: pushed });
    if (!image || image.repoDigests.includes(name)) return;
    await store.commit({ putImages: [{ ...image, repoDigests: [...image.repoDigests, name] }] });
  }
}

function describe(outcome: LayerOutcome): string {
  switch (outcome.kind) {
    case 'pushed':
      return 'Pushed';
    case 'exists':
      return 'Layer already exists';
    case 'foreign':
      return 'Skipped foreign layer';
    case 'mounted':
      return `Mounted from ${outcome.from}`;
  }
}

function diffIdsOf(images: readonly ListedImage[]): ReadonlyMap<Digest, Digest> {
  const layers = images.flatMap(({ roots }) =>
    roots.flatMap((root) => summaryOf(root).platforms.flatMap((platform) => platform.layers)),
  );
  return new Map(layers.map(({ digest, diffId }) => [digest, diffId]));
}

async function asyncFilter<T>(
  items: readonly T[],
  test: (item: T) => Promise<boolean>,
): Promise<readonly T[]> {
  const kept: T[] = [];
  for (const item of items) if (await test(item)) kept.push(item);
  return kept;
}

function notProvided(name: string, platform: Platform): CommandError {
  return new CommandError(
    'refused',
    `image with reference ${name} was found but does not provide the specified platform (${formatPlatform(platform)})`,
  );
}

function incomplete(name: string, missing: number): CommandError {
  const what = missing === 1 ? 'a manifest that is' : `${missing} manifests that are`;
  return new CommandError(
    'refused',
    `${name} cannot be pushed whole: its index names ${what} not here, and not in the registry. Push one platform with --platform.`,
  );
}
