import type { Descriptor } from './descriptor';

/** What an artifact is, as far as its type tells. */
export type ArtifactKind =
  'chart' | 'signature' | 'attestation' | 'sbom' | 'wasm' | 'model' | 'plugin' | 'cache' | 'other';

/** By the artifact's type or that of its only layer. */
const KINDS: readonly (readonly [RegExp, ArtifactKind])[] = [
  [/cncf\.helm/, 'chart'],
  [/cosign|dev\.sigstore|notary/, 'signature'],
  [/in-toto|slsa|dsse|^attestation-manifest$/, 'attestation'],
  [/spdx|cyclonedx|syft/, 'sbom'],
  [/wasm/, 'wasm'],
  [/docker\.(?:ai|model)|ollama|cncf\.model|gguf/, 'model'],
  [/docker\.plugin/, 'plugin'],
  [/buildkit\.cacheconfig/, 'cache'],
];

const NAMES: Readonly<Record<ArtifactKind, string>> = {
  chart: 'a Helm chart',
  signature: 'a signature',
  attestation: 'an attestation',
  sbom: 'a bill of materials (SBOM)',
  wasm: 'a WebAssembly module',
  model: 'a machine learning model',
  plugin: 'a docker plugin',
  cache: 'a build cache',
  other: 'an artifact',
};

/** What an artifact of a type is. */
export function artifactKind(type: string): ArtifactKind {
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
}

/** The type of what an index or a list of referrers names beside images: BuildKit's attestations tell theirs by an annotation. */
export function artifactTypeOfEntry({ artifactType, mediaType, annotations }: Descriptor): string {
  const told = annotations?.get('vnd.docker.reference.type');
  return told ?? artifactType ?? mediaType;
}

/** What an artifact of a type is called in a sentence: `a Helm chart`. */
export function artifactName(type: string): string {
  return NAMES[artifactKind(type)];
}
