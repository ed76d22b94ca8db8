import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files below a folder that hold one of these texts, in UTF-8, in UTF-16 as Chromium and its databases store strings, or in what a
 * text becomes in a header or a URL: base64, percent-encoding.
 */
export function filesWith(folder: string, texts: readonly string[]): readonly string[] {
  const needles = texts.flatMap(formsOf);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    // Locks and sockets of a browser that runs are no files.
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
    const content = readFileSync(path);
    return needles.some((needle) => content.includes(needle));
  });
}

function formsOf(text: string): readonly Buffer[] {
  const escaped = [encodeURIComponent(text), text.replaceAll(' ', '+'), JSON.stringify(text)];
  // Three offsets, as base64 of something longer has it; the ends depend on what stands beside it.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from('\0'.repeat(offset) + text)
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, -4),
  );
  const forms = [text, ...escaped, ...base64];
  return forms.flatMap((form) => [Buffer.from(form, 'utf8'), Buffer.from(form, 'utf16le')]);
}
