import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canRunEngine, withEngine } from './engine.mjs';
import { isInstalled, shell } from './program.mjs';
import { TAG } from './archives.mjs';

/** The native programs that Drydock is held against. Each resolves to seconds, or null where the program is not on this machine. */

/** Null where one of them is. */
export function median(numbers) {
  if (numbers.includes(null)) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

async function timed(program, script, ...args) {
  return isInstalled(program) ? (await shell(script, ...args)).seconds : null;
}

/** `openssl dgst -sha256` of the whole file. */
export function opensslOf(file) {
  return timed('openssl', 'openssl dgst -sha256 "$1"', file);
}

/** `pigz -dc | openssl dgst -sha256` of every gzip layer of an OCI archive, one after the other. */
export async function pigzOpensslOf(file) {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  try {
    await shell('tar -xf "$1" -C "$2"', file, folder);
    const loop =
      'for blob in "$1"/blobs/sha256/*; do if pigz -tq < "$blob" 2> /dev/null; then echo "$blob"; fi; done';
    const layers = (await shell(loop, folder)).stdout.trim().split('\n');
    const script = 'for layer in "$@"; do pigz -dc < "$layer" | openssl dgst -sha256; done';
    return await timed('pigz', script, ...layers);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `skopeo copy TRANSPORT: oci:`, which reads, verifies, compresses what is not, and stores. */
export async function skopeoCopyOf(file, transport = 'docker-archive') {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  try {
    const copy = 'skopeo --insecure-policy copy -q "$1:$2" "oci:$3:$4"';
    return await timed('skopeo', copy, transport, file, join(folder, 'layout'), TAG);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `docker load` into an empty engine. */
export async function dockerLoadOf(file) {
  if (!canRunEngine()) return null;
  return withEngine(
    async (host) => (await shell('docker -H "$1" load -q -i "$2"', host, file)).seconds,
  );
}

/** `docker save` of the image of an archive, by an engine that has loaded it. */
export async function dockerSaveOf(file) {
  if (!canRunEngine()) return null;
  return withEngine(async (host) => {
    await shell('docker -H "$1" load -q -i "$2"', host, file);
    const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
    try {
      const save = 'docker -H "$1" save -o "$2/saved.tar" "$3"';
      return (await shell(save, host, folder, TAG)).seconds;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
