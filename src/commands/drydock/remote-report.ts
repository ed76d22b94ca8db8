import { compactJson } from '../../archive/raw-json';
import { decodeUtf8 } from '../../base/bytes';
import { dockerSize } from '../../base/human-size';
import { joinHistory } from '../../image/history';
import { tocClaim } from '../../layer/toc/toc-layer';
import { artifactName, artifactTypeOfEntry } from '../../oci/artifact-name';
import type { Descriptor } from '../../oci/descriptor';
import { shortDigest, type Digest } from '../../oci/digest';
import type { ImageConfig } from '../../oci/image-config';
import { artifactTypeOf } from '../../oci/manifest';
import { isForeignLayerType, isIndexType } from '../../oci/media-types';
import { formatPlatform } from '../../oci/platform';
import { canonicalReference, familiarReference, type Reference } from '../../oci/reference';
import type {
  RemoteArtifact,
  RemoteImage,
  RemotePlatform,
} from '../../registry/remote/remote-image';
import { alignTabs } from '../shell/table';

/** Characters of a type that a sentence shows. */
const SHOWN_TYPE = 100;

/** What `drydock remote` found out. */
export interface RemoteReport {
  readonly reference: Reference;
  readonly image: RemoteImage;
  /** The one that is told in full; undefined where there is no image. */
  readonly platform: RemotePlatform | undefined;
  readonly config: { readonly bytes: Uint8Array; readonly config: ImageConfig } | undefined;
  readonly referrers: readonly { readonly subject: Digest; readonly descriptor: Descriptor }[];
}

/** One object; manifest and configuration are in it as they are written. */
export function remoteJson(report: RemoteReport): string {
  const { reference, image, config, referrers } = report;
  const { descriptor, bytes } = image.root;
  const members: [string, string][] = [
    ['reference', JSON.stringify(canonicalReference(reference))],
    ['digest', JSON.stringify(descriptor.digest)],
    ['mediaType', JSON.stringify(descriptor.mediaType)],
    ['size', String(descriptor.size)],
    ['index', isIndexType(descriptor.mediaType) ? rawJson(bytes) : 'null'],
    ['artifact', JSON.stringify(artifactJson(image))],
    ['platforms', JSON.stringify(image.platforms.map((each) => platformJson(each, report)))],
    ['others', JSON.stringify(image.others.map(descriptorJson))],
    [
      'referrers',
      JSON.stringify(
        referrers.map((each) => ({ subject: each.subject, ...descriptorJson(each.descriptor) })),
      ),
    ],
    ['manifest', manifestJson(report)],
    ['config', config ? rawJson(config.bytes) : 'null'],
    ['layers', JSON.stringify(layersOf(report))],
    ['history', JSON.stringify(historyOf(report))],
  ];
  return `{${members.map(([name, json]) => `"${name}":${json}`).join(',')}}\n`;
}

/** For people. */
export function remoteTable(report: RemoteReport): string {
  const { reference, image, platform, config, referrers } = report;
  const { descriptor } = image.root;
  const parts = [
    `${familiarReference(reference)}\n${descriptor.digest}\n${descriptor.mediaType}\n`,
    image.artifact ? artifactTable(image.artifact) : '',
    section(
      'PLATFORM\tIMAGE ID\tLAYERS\tSIZE',
      image.platforms.map(
        (each) =>
          `${shownPlatform(each, report)}\t${shortDigest(each.manifest.config.digest)}\t${each.manifest.layers.length}\t${dockerSize(each.size)}`,
      ),
    ),
  ];
  if (platform && config) {
    const created = config.config.created === undefined ? '' : `, created ${config.config.created}`;
    parts.push(`This is ${shownPlatform(platform, report)}${created}\n`, foreignLine(platform));
    parts.push(
      section(
        'LAYER\tDIGEST\tSIZE\tBY ITS TABLE OF CONTENTS\tCREATED BY',
        layersOf(report).map(
          ({ layer, digest, size, toc, createdBy }) =>
            `${layer}\t${shortDigest(digest)}\t${dockerSize(size)}\t${toc ?? '-'}\t${oneLine(createdBy)}`,
        ),
      ),
    );
  }
  const beside = [...image.others, ...referrers.map((each) => each.descriptor)];
  parts.push(
    section(
      'BESIDE IT\tDIGEST\tSIZE',
      beside.map(
        (each) =>
          `${artifactTypeOfEntry(each)}\t${shortDigest(each.digest)}\t${dockerSize(each.size)}`,
      ),
    ),
  );
  return parts.filter((part) => part !== '').join('\n');
}

/** `a Helm chart (application/vnd.cncf.helm.config.v1+json), not a container image` */
export function artifactSentence({ type }: RemoteArtifact): string {
  return `${artifactName(type)} (${type.slice(0, SHOWN_TYPE)}), not a container image`;
}

/** What the index says, or for a single manifest nothing. */
export function platformText({ platform }: RemotePlatform): string {
  return platform ? formatPlatform(platform) : '';
}

function shownPlatform(each: RemotePlatform, { platform, config }: RemoteReport): string {
  if (each.platform) return formatPlatform(each.platform);
  return config && each === platform ? formatPlatform(config.config.platform) : 'unknown';
}

function artifactTable(artifact: RemoteArtifact): string {
  const rows = artifact.manifest.layers.map(
    ({ mediaType, digest, size }) => `${mediaType}\t${shortDigest(digest)}\t${dockerSize(size)}`,
  );
  return `This is ${artifactSentence(artifact)}\n${section('\nHOLDS\tDIGEST\tSIZE', rows)}`;
}

function foreignLine({ manifest: { layers } }: RemotePlatform): string {
  const count = layers.filter(({ mediaType }) => isForeignLayerType(mediaType)).length;
  if (count === 0) return '';
  return `${count} of its ${layers.length} layers ${count === 1 ? 'is' : 'are'} foreign: their vendor alone distributes them\n`;
}

function artifactJson({ artifact }: RemoteImage): object | null {
  return artifact ? { artifactType: artifact.type, name: artifactName(artifact.type) } : null;
}

function manifestJson({ image, platform }: RemoteReport): string {
  const document = platform?.document ?? (image.artifact ? image.root : undefined);
  return document ? rawJson(document.bytes) : 'null';
}

function platformJson(each: RemotePlatform, report: RemoteReport): object {
  const { digest, mediaType } = each.document.descriptor;
  const artifactType = artifactTypeOf(each.manifest) ?? null;
  const imageId = each.manifest.config.digest;
  const platform = shownPlatform(each, report);
  return { platform, digest, mediaType, artifactType, imageId, size: each.size };
}

function descriptorJson(descriptor: Descriptor): object {
  const { digest, mediaType, size, artifactType = '', annotations = [] } = descriptor;
  return { digest, mediaType, artifactType, size, annotations: Object.fromEntries(annotations) };
}

interface LayerLine {
  readonly layer: number;
  readonly digest: Digest;
  readonly diffId: Digest | null;
  readonly mediaType: string;
  readonly size: number;
  /** The table of contents that it can be read by. */
  readonly toc: string | null;
  readonly createdBy: string;
}

function layersOf({ platform, config }: RemoteReport): readonly LayerLine[] {
  const steps = config ? joinHistory(config.config).steps : [];
  return (platform?.manifest.layers ?? []).map((descriptor, layer) => ({
    layer,
    digest: descriptor.digest,
    diffId: config?.config.diffIds[layer] ?? null,
    mediaType: descriptor.mediaType,
    size: descriptor.size,
    toc: tocClaim(descriptor)?.format ?? null,
    createdBy: steps.find((step) => step.layer === layer)?.entry.createdBy ?? '',
  }));
}

function historyOf({ config }: RemoteReport): readonly object[] {
  if (!config) return [];
  return joinHistory(config.config).steps.map(({ entry, layer = null }) => ({
    created: entry.created ?? null,
    createdBy: entry.createdBy,
    comment: entry.comment,
    layer,
  }));
}

function section(heading: string, rows: readonly string[]): string {
  if (rows.length === 0) return '';
  return `${alignTabs([heading, ...rows].join('\n'), { minWidth: 0, padding: 2 })}\n`;
}

const COMMAND_WIDTH = 80;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > COMMAND_WIDTH ? `${line.slice(0, COMMAND_WIDTH - 1)}…` : line;
}

/** As it is written, without the blanks: numbers keep their digits. */
function rawJson(bytes: Uint8Array): string {
  return compactJson(decodeUtf8(bytes) ?? 'null');
}
