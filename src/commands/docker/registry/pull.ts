import { isCoded } from '../../../base/errors';
import { listImages } from '../../../image/image-list';
import { shortDigest, type Digest } from '../../../oci/digest';
import { formatPlatform, matchesPlatform, type Platform } from '../../../oci/platform';
import {
  canonicalReference,
  familiarName,
  familiarReference,
  parseReference,
  withDefaultTag,
  type Reference,
} from '../../../oci/reference';
import {
  pullImage,
  type PlannedLayer,
  type PullEvent,
  type PullResult,
} from '../../../registry/pull/pull';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError } from '../../errors';
import { parsePlatformFlag } from '../platform-flag';
import { pullError, type PullStage } from './pull-error';

/** `docker pull`. */
export const pull: Command = {
  paths: ['docker image pull', 'docker pull'],
  operands: '[OPTIONS] NAME[:TAG|@DIGEST]',
  summary: 'Download an image from a registry',
  aliases: ['docker image pull', 'docker pull'],
  rule: { kind: 'exactly', count: 1 },
  flags: [
    {
      name: 'all-tags',
      shorthand: 'a',
      kind: 'bool',
      help: 'Download all tagged images in the repository',
    },
    {
      name: 'disable-content-trust',
      kind: 'bool',
      help: 'Skip image verification',
      default: true,
    },
    {
      name: 'platform',
      kind: 'string',
      help: 'Set platform if server is multi-platform\ncapable',
    },
    { name: 'quiet', shorthand: 'q', kind: 'bool', help: 'Suppress verbose output' },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const { out } = context;
  const named = checkedByClient(operands[0] ?? '');
  const isWhole = named.tag === undefined && named.digest === undefined;
  const allTags = flags.bool('all-tags');
  if (allTags && !isWhole) {
    throw new CommandError('refused', "tag can't be used with --all-tags/-a");
  }
  if (familiarName(named) === 'scratch') {
    throw new CommandError('refused', "Error response from daemon: 'scratch' is a reserved name");
  }
  const reference = allTags ? named : withDefaultTag(named);
  const quiet = flags.bool('quiet');
  if (isWhole && !allTags && !quiet) out.write(`Using default tag: ${reference.tag ?? ''}\n`);
  const platform = flags.string('platform');
  const asked = platform === '' ? undefined : parsePlatformFlag(platform, BY_ENGINE);
  const report = new PullReport(reference, (line) => {
    if (!quiet) out.write(`${line}\n`);
  });
  try {
    for await (const one of allTags ? everyTag(reference, context) : [reference]) {
      report.end(await pullOne(one, { context, asked, report }));
    }
  } catch (error) {
    throw pullError(error, reference, report.fail());
  }
  report.status();
  if (asked && !quiet) await warnOfPlatform(reference, asked, context);
  out.write(`${canonicalReference(reference)}\n`);
  return 0;
}

const BY_ENGINE = { prefix: 'Error response from daemon: ', isOld: true } as const;

/** What docker's client refuses before it asks the engine. */
function checkedByClient(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (!isCoded(error) || error.code !== 'bad-reference') throw error;
    throw new CommandError('refused', error.message);
  }
}

async function* everyTag(
  { registry, repository }: Reference,
  { registries, signal }: CommandContext,
): AsyncGenerator<Reference> {
  const tags: string[] = [];
  for await (const tag of registries.open(registry).tags(repository, { signal })) tags.push(tag);
  for (const tag of tags) yield parseReference(`${registry}/${repository}:${tag}`);
}

function pullOne(
  reference: Reference,
  {
    context,
    asked,
    report,
  }: { context: CommandContext; asked: Platform | undefined; report: PullReport },
): Promise<PullResult> {
  const platform = asked ?? context.platform;
  return pullImage(reference, context, {
    signal: context.signal,
    onProgress: context.onProgress,
    platform,
    onEvent: (event) => report.tell(reference, event),
  });
}

/** The engine looks at what the name stands for without the tag, whichever was pulled. */
async function warnOfPlatform(
  { registry, repository }: Reference,
  asked: Platform,
  { store, out }: CommandContext,
): Promise<void> {
  const name = familiarName({ registry, repository });
  const latest = canonicalReference(withDefaultTag({ registry, repository }));
  const image = (await listImages(store, asked)).find(({ names }) => names.includes(latest));
  if (!image || matchesPlatform(asked, image.shown.platform)) return;
  const [wanted, actual] = [formatPlatform(asked), formatPlatform(image.shown.platform)];
  out.write(
    `WARNING: image with reference ${name} was found but does not match the specified platform: wanted ${wanted}, actual: ${actual}\n`,
  );
}

/** Layers that docker's engine fetches at once; the others wait. */
const AT_ONCE = 3;

/** Says what docker's engine says of a pull, line by line. */
class PullReport {
  readonly #reference: Reference;
  readonly #line: (line: string) => void;
  #layers: readonly PlannedLayer[] = [];
  readonly #ended = new Set<Digest>();
  #isNew = false;
  #stage: PullStage = 'asked';
  #listed: readonly Digest[] = [];

  constructor(reference: Reference, line: (line: string) => void) {
    this.#reference = reference;
    this.#line = line;
  }

  /** How far it was when it failed. The engine begins with the layers while it asks for the configuration. */
  fail(): PullStage {
    if (this.#stage === 'configuration') this.#begin(this.#listed);
    return this.#stage;
  }

  tell(reference: Reference, event: PullEvent): void {
    switch (event.kind) {
      case 'resolved':
        this.#stage = 'layers';
        this.#line(`${nameIn(reference)}: Pulling from ${reference.repository}`);
        return;
      case 'listed':
        this.#stage = 'configuration';
        this.#listed = [...new Set(event.layers.map(({ digest }) => digest))];
        return;
      case 'planned':
        this.#stage = 'layers';
        this.#plan(event.layers);
        return;
      case 'layer':
        if (event.state.kind === 'verifying') this.#say(event.digest, 'Verifying Checksum');
        if (event.state.kind === 'stored') this.#complete(event.digest);
    }
  }

  end(result: PullResult): void {
    for (const { digest } of this.#pulled()) this.#say(digest, 'Pull complete');
    this.#line(`Digest: ${result.digest}`);
    this.#isNew ||= result.isNew;
  }

  status(): void {
    const name = familiarReference(byDigestIfAny(this.#reference));
    this.#line(
      this.#isNew
        ? `Status: Downloaded newer image for ${name}`
        : `Status: Image is up to date for ${name}`,
    );
  }

  #plan(layers: readonly PlannedLayer[]): void {
    this.#layers = layers;
    this.#ended.clear();
    for (const { digest } of layers.filter(({ isShared }) => isShared)) {
      this.#say(digest, 'Already exists');
    }
    this.#begin(this.#pulled().map(({ digest }) => digest));
  }

  #begin(layers: readonly Digest[]): void {
    for (const digest of layers) this.#say(digest, 'Pulling fs layer');
    for (const digest of layers.slice(AT_ONCE)) this.#say(digest, 'Waiting');
  }

  /** A layer that is here, but below another one: the engine would fetch it again. */
  #complete(digest: Digest): void {
    const layer = this.#pulled().find((each) => each.digest === digest);
    if (!layer || this.#ended.has(digest)) return;
    this.#ended.add(digest);
    if (layer.isStored) this.#say(digest, 'Verifying Checksum');
    this.#say(digest, 'Download complete');
  }

  #pulled(): readonly PlannedLayer[] {
    return this.#layers.filter(({ isShared }) => !isShared);
  }

  #say(digest: Digest, what: string): void {
    this.#line(`${shortDigest(digest)}: ${what}`);
  }
}

/** What stands before "Pulling from": the tag, or the whole reference where it has a digest. */
function nameIn(reference: Reference): string {
  return reference.digest === undefined
    ? (reference.tag ?? '')
    : familiarReference(byDigestIfAny(reference));
}

/** Where there is a digest, the engine is not told the tag. */
function byDigestIfAny({ tag, ...rest }: Reference): Reference {
  return tag === undefined || rest.digest !== undefined ? rest : { ...rest, tag };
}
