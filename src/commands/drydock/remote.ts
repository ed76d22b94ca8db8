import { dockerSize } from '../../base/human-size';
import { openLayerIndex } from '../../layer/index/open-layer-index';
import { layerName } from '../../layer/layer-name';
import { matchesPlatform } from '../../oci/platform';
import { parseReference, withDefaultTag, type Reference } from '../../oci/reference';
import type { RegistryClient } from '../../registry/client';
import { listReferrers } from '../../registry/remote/referrers';
import {
  openRemoteImage,
  remoteConfig,
  type RemoteImage,
  type RemotePlatform,
} from '../../registry/remote/remote-image';
import { describeLayer, type RemoteLayerView } from '../../registry/remote/remote-layer';
import type { Call, Command, CommandContext } from '../command';
import { CommandError } from '../errors';
import {
  askedPlatform,
  chooseLayer,
  FORMAT_FLAG,
  LAYER_FLAG,
  PLATFORM_FLAG,
  wantsJson,
} from './chosen-image';
import { printEntries } from './print-entries';
import { FILE_OUTPUT_FLAG, printFile, rootPath } from './print-file';
import {
  artifactSentence,
  platformText,
  remoteJson,
  remoteTable,
  type RemoteReport,
} from './remote-report';

/** `drydock remote`: an image in a registry, without pulling it. */
export const remote: Command = {
  paths: ['drydock remote'],
  operands: '[OPTIONS] NAME[:TAG|@DIGEST] [PATH]',
  summary: 'Look at an image in a registry without pulling it',
  aliases: [],
  rule: { kind: 'between', least: 1, most: 2 },
  flags: [
    FORMAT_FLAG,
    {
      ...LAYER_FLAG,
      help: 'List the files of one layer, counted from 0, the base; with PATH, print that file',
    },
    FILE_OUTPUT_FLAG,
    PLATFORM_FLAG,
  ],
  run,
};

async function run(call: Call, context: CommandContext): Promise<number> {
  const isJson = wantsJson(call);
  const [name = '', path] = call.operands;
  if (path !== undefined && !call.flags.isSet('layer')) {
    throw new CommandError('usage', 'a PATH is of one layer: name it with --layer');
  }
  const reference = withDefaultTag(parseReference(name));
  const client = context.registries.open(reference.registry);
  const image = await openRemoteImage(client, reference, { signal: context.signal });
  const platform = image.artifact ? undefined : choosePlatform(image, call, context);
  const looking = { client, reference, image, platform };
  if (call.flags.isSet('layer')) return showLayer(looking, call, context);
  const report = await reportOf(looking, context);
  context.out.write(isJson ? remoteJson(report) : remoteTable(report));
  return 0;
}

interface Looking {
  readonly client: RegistryClient;
  readonly reference: Reference;
  readonly image: RemoteImage;
  /** Undefined where there is no image under the name, but artifacts. */
  readonly platform: RemotePlatform | undefined;
}

/** The platform asked for, else the usual one, else the first, with a word on stderr. */
function choosePlatform(
  { platforms }: RemoteImage,
  { flags, operands }: Call,
  context: CommandContext,
): RemotePlatform | undefined {
  const asked = askedPlatform(flags.string('platform'));
  const wanted = asked ?? context.platform;
  // Without an index there is one, whose platform its configuration tells.
  const found = platforms.find(
    ({ platform }) => platform === undefined || matchesPlatform(wanted, platform),
  );
  if (found) return found;
  const names = platforms.map(platformText).join(', ');
  if (asked) {
    throw new CommandError(
      'refused',
      `no matching manifest for ${flags.string('platform')}: there is ${names || 'none'}`,
    );
  }
  const [first] = platforms;
  if (first) context.err.write(`${operands[0] ?? ''} is there for ${names}; this is the first\n`);
  return first;
}

async function reportOf(
  { client, reference, image, platform }: Looking,
  { signal }: CommandContext,
): Promise<RemoteReport> {
  const { repository } = reference;
  const digests = new Set([
    image.root.descriptor.digest,
    ...(platform ? [platform.document.descriptor.digest] : []),
  ]);
  const referrers = await Promise.all(
    [...digests].map(async (subject) => {
      const found = await listReferrers(client, { repository, subject }, { signal });
      return found.map((descriptor) => ({ subject, descriptor }));
    }),
  );
  const config =
    platform && (await remoteConfig(client, repository, { manifest: platform.manifest, signal }));
  return { reference, image, platform, config, referrers: referrers.flat() };
}

async function showLayer(
  { client, reference, image, platform }: Looking,
  call: Call,
  context: CommandContext,
): Promise<number> {
  const { signal, onProgress } = context;
  if (image.artifact) {
    const what = artifactSentence(image.artifact);
    throw new CommandError(
      'refused',
      `${call.operands[0] ?? ''} is ${what}: it has no files to list`,
    );
  }
  const layers = platform?.manifest.layers ?? [];
  const layer = chooseLayer(call, { layers });
  if (!platform || !layer) return 1;
  const { repository } = reference;
  const { config } = await remoteConfig(client, repository, { ...platform, signal });
  const number = layers.indexOf(layer);
  const path = call.operands[1];
  const named = { repository, layer, diffId: config.diffIds[number], what: layerName(number) };
  const view = await context.lookAtLayer(
    {
      ...(await describeLayer(client, named, { signal })),
      path: path === undefined ? undefined : rootPath(path),
    },
    { signal, onProgress, onNote: (note) => client.connection.hear(note) },
  );
  if (view.content) await printFile(view.content, call.flags.string('output'), context);
  else context.out.write(printEntries(openLayerIndex(view.index), wantsJson(call)));
  context.err.write(`${layerName(number)}: ${sayWhatIsProven(view, layer.size)}\n`);
  return 0;
}

function sayWhatIsProven({ way, fetched }: RemoteLayerView, size: number): string {
  const cost = `${dockerSize(fetched)} of ${dockerSize(size)} fetched, nothing stored`;
  return way === 'whole'
    ? `read whole, its digest is right (${cost})`
    : `read by its ${way === 'estargz' ? 'eStargz' : way} table of contents, which is the one that the manifest names; the layer's own digest was not checked (${cost})`;
}
