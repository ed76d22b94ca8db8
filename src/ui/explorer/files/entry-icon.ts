import type { LayerEntry } from '../../../layer/index/layer-index';
import type { IconName } from '../../kit/display/icons';

const SCRIPT = /\.(?:sh|bash|zsh|fish|ps1|bat|cmd)$/;

export function iconOf({ type, path }: Pick<LayerEntry, 'type' | 'path'>): IconName {
  switch (type) {
    case 'dir':
    case 'opaque':
      return 'folder';
    case 'symlink':
    case 'hardlink':
      return 'link';
    case 'char':
    case 'block':
    case 'fifo':
      return 'storage';
    case 'file':
      return SCRIPT.test(path) ? 'script' : 'file';
  }
}
