/**
 * Browsers clamp an element's height (Firefox at about 17.8 million px); a list that would be taller is scrolled in proportion
 * instead of pixel by pixel. Px.
 */
const MAX_CONTENT_HEIGHT = 12_000_000;

/** Rows kept on either side of what is seen, so that a fast scroll does not show blanks. */
const OVERSCAN = 8;

/** What a mounted `VirtualList` can be told and asked. */
export interface VirtualListHandle {
  scrollToRow(index: number): void;
  pageRows(): number;
  focus(): void;
}

export interface Viewport {
  /** Rows in the list. */
  readonly count: number;
  /** Height of every row, px. */
  readonly rowHeight: number;
  /** Height of what is seen, px. */
  readonly height: number;
  /** Of the scrolled element, px. */
  readonly scrollTop: number;
}

export interface VirtualWindow {
  /** Rows to render: first ≤ row < end. */
  readonly first: number;
  readonly end: number;
  /** Where the first rendered row begins in the scrolled content, px. */
  readonly offset: number;
  /** Height of the scrolled content, px. */
  readonly contentHeight: number;
}

/** What part of a list of equally high rows to render. */
export function virtualWindow(viewport: Viewport): VirtualWindow {
  const { count, rowHeight, height } = viewport;
  const contentHeight = Math.min(count * rowHeight, MAX_CONTENT_HEIGHT);
  const scrollTop = Math.min(Math.max(0, viewport.scrollTop), Math.max(0, contentHeight - height));
  const top = scrollTop * scrollRatio(viewport);
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  return { first, end, offset: scrollTop - (top - first * rowHeight), contentHeight };
}

/** The scrollTop that brings a row into view with the least movement; the present one where it is in view already. Px. */
export function scrollTopFor(row: number, viewport: Viewport): number {
  const ratio = scrollRatio(viewport);
  const top = viewport.scrollTop * ratio;
  const rowTop = row * viewport.rowHeight;
  if (rowTop < top) return rowTop / ratio;
  const rowEnd = rowTop + viewport.rowHeight;
  return rowEnd > top + viewport.height ? (rowEnd - viewport.height) / ratio : viewport.scrollTop;
}

/** Px of rows that pass for each px of the scrollbar: 1 unless the list is taller than a browser allows. */
function scrollRatio({ count, rowHeight, height }: Viewport): number {
  const whole = count * rowHeight;
  return whole <= MAX_CONTENT_HEIGHT ? 1 : (whole - height) / (MAX_CONTENT_HEIGHT - height);
}
