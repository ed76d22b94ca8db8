/** What is in a registry, looked at where it is. */
export const remote = {
  chart: 'Helm chart',
  signature: 'Signature',
  attestation: 'Attestation',
  sbom: 'Bill of materials (SBOM)',
  wasm: 'WebAssembly module',
  model: 'Machine learning model',
  plugin: 'Docker plugin',
  cache: 'Build cache',
  other: 'Artifact',
  notAnImage: 'not a container image: it cannot be pulled here',
  foreignLayers: (count: number) =>
    count === 1
      ? '1 layer is with its vendor alone'
      : `${count} layers are with their vendor alone`,
};
