const GAP = 4;
const MARGIN = 8;

/** Puts what floats under its anchor, its end at the anchor's end, or above where there is no room. Both must be on the page. */
export function placeAtAnchor(panel: HTMLElement, anchor: Element): void {
  const from = anchor.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const below = from.bottom + GAP;
  const top = below + height + MARGIN <= clientHeight ? below : from.top - GAP - height;
  const wanted = from.left + width + MARGIN <= clientWidth ? from.left : from.right - width;
  const left = Math.min(Math.max(MARGIN, wanted), clientWidth - width - MARGIN);
  panel.style.insetBlockStart = `${Math.max(MARGIN, top)}px`;
  panel.style.left = `${Math.max(MARGIN, left)}px`;
}
