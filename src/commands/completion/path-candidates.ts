import { dockerSize } from '../../base/human-size';
import type { EntryTable, LayerEntry } from '../../layer/index/layer-index';
import { MOST_CANDIDATES, type Candidate } from './completion';

/** Files and directories of an image whose path begins as typed, with or without a `/` before it. */
export function pathCandidates(table: EntryTable, typed: string): readonly Candidate[] {
  const cut = typed.lastIndexOf('/') + 1;
  const written = typed.slice(0, cut);
  const directory = written.replace(/^\/+/, '').replace(/\/+$/, '');
  const candidates: Candidate[] = [];
  for (const entry of table.children(directory)) {
    const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
    if (!name.startsWith(typed.slice(cut))) continue;
    candidates.push(pathCandidate(written + name, entry));
    if (candidates.length === MOST_CANDIDATES) break;
  }
  return candidates;
}

function pathCandidate(path: string, { type, size, linkname }: LayerEntry): Candidate {
  if (type === 'dir') return { text: `${path}/`, summary: '', isOpen: true };
  return { text: path, summary: linkname === '' ? dockerSize(size) : `→ ${linkname}` };
}
