import { decodeUtf8, escapeBytes } from '../../base/bytes';

/** A JSON document indented; as it stands where it cannot be parsed. */
export function prettyJson(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes) ?? escapeBytes(bytes);
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
