/* global requestAnimationFrame -- what runs in the page */
/** Records, in the page, how long the frames take from now on. */
export function startFrames(page) {
  return page.evaluate(() => {
    const frames = { longest: 0, count: 0, running: true };
    globalThis.benchFrames = frames;
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      frames.longest = Math.max(frames.longest, now - last);
      frames.count++;
      last = now;
      if (frames.running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** @returns {Promise<{ longest: number, count: number }>} Milliseconds of the longest frame, and how many there were. */
export function stopFrames(page) {
  return page.evaluate(() => {
    globalThis.benchFrames.running = false;
    return globalThis.benchFrames;
  });
}
