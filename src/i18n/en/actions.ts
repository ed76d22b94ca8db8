/** What is done to stored images: tag, save, remove. */
export const actions = {
  save: 'Save',
  tag: 'Tag',
  remove: 'Remove',
  images: (count: number) => (count === 1 ? '1 image' : `${count.toLocaleString('en')} images`),
  copyCommand: 'Copy the command',
  commandCopied: 'Command copied',

  tagTitle: (what: string) => `Tag ${what}`,
  tagText:
    'A tag is one more name for the same image. A name that another image has moves to this one.',
  newName: 'New name',
  newNameFor: (what: string) => `New name for ${what}`,
  nameHint: 'repository:tag, for example ghcr.io/acme/api:2.14',
  moves: (name: string, id: string) => `${name} now names ${id}, and will move here.`,
  same: (name: string) => `${name} already names this image.`,
  becomes: (name: string) => `Becomes ${name}`,
  tagged: (name: string) => `Tagged ${name}`,
  taggedMany: (count: number) => `${count.toLocaleString('en')} names given`,

  removeTitle: (what: string) => `Remove ${what}?`,
  removeMany: (first: string, more: number) =>
    `Remove ${first} and ${more.toLocaleString('en')} more?`,
  plan: 'What will happen',
  untag: 'untag',
  delete: 'delete',
  keep: 'keep',
  deletes: (layers: number) =>
    layers === 0
      ? 'its layers are shared and stay'
      : `${layers === 1 ? '1 layer' : `${layers.toLocaleString('en')} layers`} that nothing else uses`,
  image: 'image',
  stillTagged: 'still tagged',
  frees: 'Frees',
  ofStored: (size: string) => `of ${size} stored. Undo for 10 seconds.`,
  alsoOthers: (count: number, size: string) =>
    `Also remove ${count === 1 ? 'the other tag' : `the ${count.toLocaleString('en')} other tags`}, and the image with ${count === 1 ? 'it' : 'them'} (frees ${size})`,
  andMore: (count: number) => `and ${count.toLocaleString('en')} more`,
  andMoreNames: (first: string, count: number) => `${first} and ${count.toLocaleString('en')} more`,
  builtOn: 'which others were built on:',
  refused: 'stays',
  taken: (names: string) => `Back, but for names that other images have by now: ${names}`,
  changedMeanwhile: 'The images were changed in another tab meanwhile. Look again.',
  removed: (what: string) => `Removed ${what}`,
  undo: 'Undo',
  undone: (what: string, count: number) => `${what} ${count === 1 ? 'is' : 'are'} back`,

  pruneTitle: 'Remove unused images?',
  pruneText: 'Images that have no name, and that no other image is built on.',
  pruneAllText: 'Every image: there are no containers here that could use one.',
  pruneNothing: 'There are none: every image has a name, or another one is built on it.',
  pruneNoImage: 'There are no images.',
  pruneAll: (size: string) =>
    `All images, those with a name too, as no container uses any (frees ${size})`,

  importTitle: (file: string) => `Import ${file}`,
  importText: (platform: string) =>
    `Becomes an image of one layer for ${platform}, the default platform of Settings.`,
  importName: 'Name',
  importNameHint: 'repository:tag. Without one the image goes by its ID.',
  importMessage: 'Message',
  importMessageNote: 'Stands in its history.',
  importChanges: 'Changes',
  importChangesNote:
    'Instructions of a Dockerfile, one a line: CMD, ENTRYPOINT, ENV, EXPOSE, USER…',
  import: 'Import',
  imported: (name: string) => `Imported ${name}`,

  pushTitle: (what: string) => `Push ${what}`,
  pushText: 'Uploads the image to a registry, byte for byte as it is stored.',
  pushTo: (registry: string) =>
    `Uploads the image to ${registry}, byte for byte as it is stored. What is there already is not sent again.`,
  pushName: 'Name in the registry',
  push: 'Push',
  pushed: (name: string, digest: string) => `Pushed ${name}, ${digest}`,
  pushCancelled: (name: string) => `Pushing ${name} was cancelled.`,
  copyDigest: 'Copy digest',

  saveTitle: (what: string) => `Save ${what}`,
  fileName: 'File name',
  format: 'Format',
  formatDocker: 'For every engine',
  formatDockerNote:
    'An OCI layout with manifest.json beside it: docker 1.10 and newer, podman, skopeo, containerd.',
  formatOci: 'OCI layout',
  formatOciNote: 'index.json and blobs alone, as the specification has it.',
  formatLegacy: 'Before docker 1.10',
  formatLegacyNote:
    'A folder for each layer. Has no configuration: whoever loads it gives another image ID.',
  noLayersNote: (isAlone: boolean) =>
    `${isAlone ? 'This image has no layers' : 'One of these images has no layers'}: docker save refuses that, drydock save writes it.`,
  compression: 'Layers',
  keepAsStored: 'As stored',
  none: 'Unpacked',
  gzip: 'gzip',
  zstd: 'zstd',
  keepNote: 'Byte for byte as they came: digests stay.',
  recompressNote: 'Compressed anew: layers and manifest get new digests, the image ID stays.',
  zstdNote: 'Docker loads zstd layers from 23.0 on.',
  platforms: 'Platforms',
  saved: (name: string, size: string) => `Saved ${name}, ${size}`,
  saveCancelled: (name: string) => `Saving ${name} was cancelled. Nothing was written.`,
};
