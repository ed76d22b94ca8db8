/** Texts that look like the files they stand for, the same at every run, and repetitive enough to compress well. */

const WORDS = [
  'berth', 'cargo', 'crane', 'crew', 'deck', 'draft', 'dock', 'ferry', 'gate', 'harbour', 'hull', 'keel',
  'lock', 'manifest', 'mooring', 'pilot', 'port', 'quay', 'route', 'ship', 'slip', 'tide', 'tug', 'vessel',
]; // prettier-ignore

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function word(next: () => number): string {
  return WORDS[Math.floor(next() * WORDS.length)] ?? 'port';
}

/** A module of about `size` bytes: one generated function after the other, drawn from a few hundred. */
export function javascript(seed: number, size: number): string {
  const next = random(seed);
  const functions = Array.from({ length: 12 }, () => functionText(next));
  let text = "'use strict';\n\n";
  while (text.length < size) text += functions[Math.floor(next() * functions.length)] ?? '';
  return text;
}

function functionText(next: () => number): string {
  const [name, subject, key] = [word(next), word(next), word(next)];
  const title = subject.charAt(0).toUpperCase() + subject.slice(1);
  return `/** The ${key} of a ${subject}, as its ${name} knows it. */
export function ${name}${title}(${subject}) {
  const ${key} = ${subject}.${key} ?? ${Math.floor(next() * 1000)};
  if (!${subject}.ready) throw new Error('${subject} has no ${key}');
  return { ...${subject}, ${key}, at: Date.now() };
}

`;
}

/** Bytes that a viewer takes for a program: a header, then a pattern with noise every few hundred bytes. */
export function binary(seed: number, size: number): Uint8Array {
  const next = random(seed);
  const bytes = new Uint8Array(size);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  for (let at = 64; at < size; at++) bytes[at] = (at * 31) & 0x3f;
  for (let at = 64; at < size; at += 512) bytes[at] = Math.floor(next() * 256);
  return bytes;
}
