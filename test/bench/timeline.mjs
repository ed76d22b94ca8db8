/* global document, location, MutationObserver -- what runs in the page */
/**
 * Runs in the page before its own scripts. Records when things are first to be seen, in milliseconds since the page's start, and opens the
 * first image that is listed where `openFirstImage` is set. A mutation observer sees them in the task that puts them there.
 */
export function recordTimeline() {
  const first = {
    imageRow: 'table a[href^="#/images/sha256:"]',
    treeRow: '[role="treegrid"] [role="row"]',
    /** What tells of a load that is done. */
    toast: '[role="status"] .toast',
  };
  const timeline = { openFirstImage: false, seen: {} };
  globalThis.benchTimeline = timeline;
  // Choosing a file and dropping one begin the same work.
  document.addEventListener('change', () => (timeline.seen.chosen ??= performance.now()), true);
  const look = () => {
    for (const [name, selector] of Object.entries(first)) {
      if (timeline.seen[name] !== undefined) continue;
      const element = document.querySelector(selector);
      if (element === null) continue;
      timeline.seen[name] = performance.now();
      if (name === 'imageRow' && timeline.openFirstImage)
        location.hash = element.getAttribute('href');
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}
