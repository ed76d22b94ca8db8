import { quoteShellWord } from '../../commands/shell/quote-shell-word';
import { formatPlatform, type Platform } from '../../oci/platform';
import type { ImageSource } from '../image/image-source';
import type { ExplorerTab } from '../image/image-context';

/** A view of an image, as a command can print it. */
export interface CommandView {
  readonly origin: ImageSource['origin'];
  /** The image's name, or its ID. */
  readonly word: string;
  /** Where there are several. */
  readonly platform?: Platform | undefined;
  readonly tab: ExplorerTab;
  /** What the tab keeps in the URL. */
  readonly query: ReadonlyMap<string, string>;
}

/**
 * The command that prints what a view shows. None for an archive that is open in this tab alone, which commands do not find, and for the
 * layers up to one: commands list one or all of them.
 */
export function viewCommand(view: CommandView): string | undefined {
  const { origin, tab, query, platform } = view;
  if (origin === 'opened' || (tab === 'files' && query.get('show') === 'stack')) return undefined;
  const words = [
    ...(platform === undefined || tab === 'manifest'
      ? []
      : ['--platform', formatPlatform(platform)]),
    ...(tab === 'files' ? layerWords(query) : []),
    view.word,
  ];
  const verb = origin === 'remote' ? remoteVerb(tab) : STORED_VERBS[tab];
  return [verb, ...words.map(quoteShellWord)].join(' ');
}

const STORED_VERBS = {
  files: 'drydock files',
  history: 'docker history',
  config: 'docker image inspect',
  manifest: 'docker image inspect',
  referrers: 'docker image inspect',
} as const satisfies Record<ExplorerTab, string>;

function remoteVerb(tab: ExplorerTab): string {
  return tab === 'manifest' ? 'docker manifest inspect' : 'drydock remote';
}

function layerWords(query: ReadonlyMap<string, string>): readonly string[] {
  const layer = query.get('layer');
  const isOne = layer !== undefined && query.get('show') !== 'final';
  return isOne ? ['--layer', layer] : [];
}
