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

  subtitle: 'In the registry, not pulled',
  noReference: 'No image is named',
  badReference: 'This is not the name of an image',
  backToPull: 'Back to Pull',
  pull: 'Pull',
  inRegistry: 'In the registry, nothing stored',
  inBoth: 'In the registry, and stored',
  openStored: 'Open the stored image',
  notPullable: (what: string) => `${what}, not a container image`,
  compressed: 'compressed',
  index: 'Index',
  manifest: 'Manifest',
  names: 'What it names',
  type: 'Type',
  more: (count: number) => `${count.toLocaleString('en')} more`,
  referrers: 'Referrers',
  shown: 'shown here',
  noReferrers: 'The registry has no signature, attestation or bill of materials for this image.',

  layerUnread: (layer: string, size: string) => `Layer ${layer} is ${size} in the registry`,
  layersUnread: (count: number, size: string) =>
    `${count} ${count === 1 ? 'layer' : 'layers'} of ${size} ${count === 1 ? 'was' : 'were'} not read yet`,
  readWhole:
    'All of it is fetched, checked against its digest and listed. It is kept while this page is open; nothing is stored.',
  readByToc:
    'It is read by its table of contents: a small part of its bytes is fetched, then those of each file that is opened. Nothing is stored.',
  foreign: 'Its vendor alone distributes it: the registry may not have it.',
  readLayer: 'Read the layer',
  readLayers: (count: number) => `Read ${count} layers`,
  fetching: 'Fetching from the registry',
  doneOf: (done: string, total: string) => `${done} of ${total}`,
  read: 'read',
  takesMuch: (size: string) => `Showing its beginning takes ${size} of the layer.`,
  fetchFile: (size: string) => `Fetch ${size}`,
  wasStored: 'It is stored: nothing was fetched.',
  wasReadWhole: (fetched: string) =>
    `Read whole, ${fetched}: its digest is right. Nothing is stored.`,
  wasReadByToc: (format: string, fetched: string, size: string) =>
    `Read by its table of contents (${format}), ${fetched} of ${size}. It is the table that the manifest names; the layer’s own digest was not checked.`,
};
