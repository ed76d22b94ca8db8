/** What an artifact is, by its type or by that of its only layer. */
const ARTIFACTS: readonly (readonly [RegExp, string])[] = [
  [/cncf\.helm/, 'a Helm chart'],
  [/cosign|dev\.sigstore|notary/, 'a signature'],
  [/in-toto|slsa/, 'an attestation'],
  [/spdx|cyclonedx|syft/, 'a bill of materials (SBOM)'],
  [/wasm/, 'a WebAssembly module'],
  [/docker\.(?:ai|model)|ollama|cncf\.model|gguf/, 'a machine learning model'],
  [/docker\.plugin/, 'a docker plugin'],
  [/buildkit\.cacheconfig/, 'a build cache'],
];

/** What an artifact of a type is called in a sentence: `a Helm chart`. */
export function artifactName(type: string): string {
  return ARTIFACTS.find(([pattern]) => pattern.test(type))?.[1] ?? 'an artifact';
}
