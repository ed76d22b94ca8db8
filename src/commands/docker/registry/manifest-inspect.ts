import { decodeUtf8 } from '../../../base/bytes';
import { isCoded } from '../../../base/errors';
import type { AbortOptions } from '../../../base/task';
import { goJson, goJsonString, type OrderedJson } from '../../../image/go-json';
import type { Descriptor } from '../../../oci/descriptor';
import { Fields, parseJson } from '../../../oci/json';
import { LIMITS } from '../../../base/limits';
import { parseManifest } from '../../../oci/manifest';
import { isIndexType, isManifestType, MediaType } from '../../../oci/media-types';
import {
  canonicalReference,
  parseReference,
  withDefaultTag,
  type Reference,
} from '../../../oci/reference';
import { parseDescriptor } from '../../../oci/descriptor';
import type { Registry } from '../../../registry/client';
import {
  fetchConfig,
  fetchDocument,
  type RemoteDocument,
} from '../../../registry/remote/remote-document';
import type { Call, Command, CommandContext } from '../../command';
import { CommandError } from '../../errors';
import { MANIFEST_INSPECT_NOTE } from '../group-help';
import { indentJson } from './indent-json';

/** `docker manifest inspect`: what a registry has under a name, without pulling it. */
export const manifestInspect: Command = {
  paths: ['docker manifest inspect'],
  operands: '[OPTIONS] [MANIFEST_LIST] MANIFEST',
  summary: 'Display an image manifest, or manifest list',
  note: MANIFEST_INSPECT_NOTE,
  aliases: [],
  rule: { kind: 'between', least: 1, most: 2 },
  flags: [
    {
      name: 'insecure',
      kind: 'bool',
      help: 'Allow communication with an insecure registry',
    },
    {
      name: 'verbose',
      shorthand: 'v',
      kind: 'bool',
      help: 'Output additional info including layers and platform',
    },
  ],
  run,
};

async function run({ flags, operands }: Call, context: CommandContext): Promise<number> {
  const [reference, member] = operands.map(readReference);
  if (!reference) return 1;
  if (member) {
    // Lists that docker keeps until they are pushed; there are none here.
    throw new CommandError('refused', `No such manifest: ${canonicalReference(member)}`);
  }
  const { signal } = context;
  const registry = context.registries.open(reference.registry);
  const isVerbose = flags.bool('verbose');
  try {
    const document = await fetchDocument(registry, reference, { signal });
    const inspecting = { registry, reference, signal };
    const text = isIndexType(document.descriptor.mediaType)
      ? await printList(document, isVerbose, inspecting)
      : await printManifest(document, isVerbose, inspecting);
    context.out.write(`${text}\n`);
    return 0;
  } catch (error) {
    throw explain(error, reference);
  }
}

/** A name with a tag: `latest` where it has neither that nor a digest. */
function readReference(text: string): Reference {
  try {
    return withDefaultTag(parseReference(text));
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new CommandError('usage', error.message, { cause: error });
  }
}

/** The client goes on to other endpoints after these, and has none left. */
function explain(error: unknown, reference: Reference): unknown {
  if (!isCoded(error) || error instanceof CommandError) return error;
  if (error.code === 'not-found' || error.code === 'unauthorized') {
    const message = `no such manifest: ${canonicalReference(reference)}`;
    return new CommandError('refused', message, { cause: error });
  }
  const { text } = error.detail;
  const message = typeof text === 'string' ? text : error.message;
  return new CommandError('refused', message, { cause: error });
}

interface Inspecting extends AbortOptions {
  readonly registry: Registry;
  readonly reference: Reference;
}

async function printManifest(
  document: RemoteDocument,
  isVerbose: boolean,
  inspecting: Inspecting,
): Promise<string> {
  checkType(document.descriptor, inspecting.reference);
  if (!isVerbose) return indentJson(textOf(document));
  const platform = await configPlatform(document, inspecting);
  return printVerbose(document, { platform, reference: inspecting.reference, prefix: '' });
}

/** Of a list the client fetches every manifest, whose size and type it prints. */
async function printList(
  document: RemoteDocument,
  isVerbose: boolean,
  { registry, reference, signal }: Inspecting,
): Promise<string> {
  const items: { readonly child: RemoteDocument; readonly platform: PlatformJson }[] = [];
  const what = canonicalReference(reference);
  const index = new Fields(parseJson(document.bytes, { what }), what);
  for (const value of index.array('manifests')) {
    const { digest, mediaType, size } = parseDescriptor(value, `a manifest of ${what}`);
    const named = { ...reference, digest };
    checkType({ digest, mediaType, size }, named);
    const bytes = await registry.manifest(reference.repository, { digest }, { signal });
    const child = { descriptor: { digest, mediaType, size: bytes.length }, bytes };
    const platform = new Fields(value, what).optionalObject('platform');
    items.push({ child, platform: platformJson(platform) });
  }
  if (isVerbose) {
    const texts = items.map(({ child, platform }) => {
      const named = { ...reference, digest: child.descriptor.digest };
      return `\n\t${printVerbose(child, { platform, reference: named, prefix: '\t' })}`;
    });
    return texts.length === 0 ? '[]' : `[${texts.join(',')}\n]`;
  }
  const isOci = items[0]?.child.descriptor.mediaType === MediaType.ociManifest;
  const list = new Map<string, OrderedJson>([
    ['schemaVersion', 2],
    ['mediaType', isOci ? MediaType.ociIndex : MediaType.dockerIndex],
    ['manifests', items.map(({ child, platform }) => listItem(child.descriptor, platform))],
  ]);
  return goJson(list, { indent: 3, escapeHtml: true });
}

function listItem({ mediaType, size, digest }: Descriptor, platform: PlatformJson): OrderedJson {
  return new Map<string, OrderedJson>([
    ['mediaType', mediaType],
    ['size', size],
    ['digest', digest],
    ['platform', platform],
  ]);
}

function printVerbose(
  document: RemoteDocument,
  {
    platform,
    reference,
    prefix,
  }: {
    readonly platform: PlatformJson;
    readonly reference: Reference;
    readonly prefix: string;
  },
): string {
  const { mediaType, digest, size } = document.descriptor;
  const descriptor = goJson(
    new Map<string, OrderedJson>([
      ['mediaType', mediaType],
      ['digest', digest],
      ['size', size],
      ['platform', platform],
    ]),
  );
  const member = mediaType === MediaType.dockerManifest ? 'SchemaV2Manifest' : 'OCIManifest';
  const json =
    `{"Ref":${goJsonString(canonicalReference(reference))},"Descriptor":${descriptor},` +
    `"Raw":"${base64(document.bytes)}","${member}":${textOf(document)}}`;
  return indentJson(json, { prefix, escapesHtml: true });
}

/** What the client makes of a platform, in its order; what is empty is left out but for the first two. */
type PlatformJson = ReadonlyMap<string, OrderedJson>;

function platformJson(fields: Fields | undefined): PlatformJson {
  const text = (key: string): string => fields?.optionalString(key) ?? '';
  const features = fields?.strings('os.features') ?? [];
  return new Map<string, OrderedJson>([
    ['architecture', text('architecture')],
    ['os', text('os')],
    ...(text('os.version') === '' ? [] : [['os.version', text('os.version')] as const]),
    ...(features.length === 0 ? [] : [['os.features', features] as const]),
    ...(text('variant') === '' ? [] : [['variant', text('variant')] as const]),
  ]);
}

async function configPlatform(
  { bytes }: RemoteDocument,
  { registry, reference, signal }: Inspecting,
): Promise<PlatformJson> {
  const { config } = parseManifest(bytes, canonicalReference(reference));
  const json = await fetchConfig(registry, reference.repository, { config, signal });
  const what = `the configuration ${config.digest}`;
  return platformJson(new Fields(parseJson(json, { what, maxBytes: LIMITS.configBytes }), what));
}

function checkType({ mediaType }: Descriptor, reference: Reference): void {
  if (isManifestType(mediaType)) return;
  throw new CommandError('refused', `${canonicalReference(reference)} is not a manifest`);
}

/** Its JSON, which was parsed: what is not UTF-8 would not have been. */
function textOf({ bytes, descriptor }: RemoteDocument): string {
  parseJson(bytes, { what: `the manifest ${descriptor.digest}` });
  return (decodeUtf8(bytes) ?? '').trim();
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
