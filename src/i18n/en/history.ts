/** How an image was built. */
export const history = {
  view: 'View',
  dockerfile: 'Dockerfile',
  table: 'Table',
  configOnlySteps: 'Config-only steps',
  notRecorded: 'Stages, ARG values and build context are not recorded in an image',
  copy: 'Copy',
  copied: 'Copied',
  download: 'Dockerfile',
  downloadLabel: 'Download Dockerfile',
  line: 'Line',
  instruction: 'Instruction',
  layer: 'Layer',
  diffId: 'Diff ID',
  size: 'Size',
  created: 'Created',
  createdBy: 'Created by',
  comment: 'Comment',
  configOnly: 'config only',
  noLayer: 'no layer',
  reconstructed: (count: number) =>
    count === 1
      ? '# Reconstructed from 1 history entry'
      : `# Reconstructed from ${count} history entries`,
  totals: (entries: number, layers: number, configOnly: number) =>
    `${entries} ${entries === 1 ? 'entry' : 'entries'}: ${layers} ${layers === 1 ? 'layer' : 'layers'}, ${configOnly} config only`,
  totalUnpacked: 'Total, unpacked',
  none: 'This image records no history.',
  notJoined: (steps: number, layers: number) =>
    `The history has ${steps} ${steps === 1 ? 'step' : 'steps'} that should have made a layer, but the image has ${layers} ${layers === 1 ? 'layer' : 'layers'}: which step made which layer is not known.`,
  layersUnjoined: 'Layers',
};
