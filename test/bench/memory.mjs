import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_EVERY_MS = 100;

/** Samples the memory of a browser, or of other processes: their proportional set sizes, summed. */
export class MemorySampler {
  #processes;
  #timer;
  #peak = 0;

  /** @param {string | (() => Iterable<number | string>)} of The folder of a browser's profile, by which its processes are known; or process ids. */
  constructor(of) {
    this.#processes = typeof of === 'string' ? () => browserProcesses(of) : of;
  }

  /** MB (10⁶ bytes) now. */
  now() {
    let total = 0;
    for (const id of this.#processes()) total += proportionalSetSize(id);
    return total / 1e6;
  }

  start() {
    this.#peak = this.now();
    this.#timer = setInterval(() => {
      this.#peak = Math.max(this.#peak, this.now());
    }, SAMPLE_EVERY_MS);
  }

  /** The highest sample since the start, in MB. */
  stop() {
    clearInterval(this.#timer);
    return this.#peak;
  }
}

/** The process that was started with the profile, and all that descend from it. */
function browserProcesses(profile) {
  const parents = new Map();
  const found = new Set();
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const status = read(`/proc/${id}/stat`);
    parents.set(id, status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    if (read(`/proc/${id}/cmdline`).includes(`--user-data-dir=${profile}`)) found.add(id);
  }
  const descends = (id) => found.has(id) || (parents.has(id) && descends(parents.get(id)));
  return [...parents.keys()].filter(descends);
}

/** Bytes. */
function proportionalSetSize(id) {
  const kilobytes = /^Pss: +(\d+) kB$/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** Empty where the process has ended in between. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
