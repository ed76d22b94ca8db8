const APPLE = /Mac|iP(hone|ad|od)/.test(navigator.userAgent);

/** Ctrl-K, or Cmd-K on Apple's systems. */
export function isPaletteKey(event: KeyboardEvent): boolean {
  const modifier = APPLE ? event.metaKey : event.ctrlKey;
  return modifier && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k';
}

export const PALETTE_KEY = APPLE ? '⌘ K' : 'Ctrl K';
