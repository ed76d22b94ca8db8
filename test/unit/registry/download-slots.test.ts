import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../src/store/memory/open-memory-store';
import { startLayoutRegistry } from '../../servers/layout-registry';
import { buildImage, digestOf, gzip, LayoutBuilder } from '../../support/archive-builder';
import { environmentOf, run } from '../../support/fixture-store';
import type { Upstream } from '../../support/upstream';

let server: Upstream | undefined;
afterEach(() => server?.close());

/** Layers that may be on their way at once, as docker's engine has it. */
const AT_ONCE = 3;

describe('a pull of six layers', () => {
  it('has three of them on their way at once, and never more', async () => {
    const layout = new LayoutBuilder();
    const layers = Array.from({ length: 6 }, (_, n) => [{ path: `f${n}`, content: `${n}` }]);
    const image = buildImage({ layers });
    const tagged = layout.image(image);
    const names = image.layers.map((layer) => digestOf(gzip(layer)));
    const gate = new Gate();
    server = await startLayoutRegistry(layout, () => tagged, {
      before: ({ url = '' }) =>
        names.some((name) => url.endsWith(name)) ? gate.pass() : Promise.resolve(),
    });
    const { exitCode, stdout } = await run(
      environmentOf(await openMemoryStore()),
      `docker pull ${server.host}/app:1`,
    );
    expect(exitCode).toBe(0);
    expect([gate.passed, gate.most]).toEqual([6, AT_ONCE]);
    const lines = stdout.split('\n').map((line) => line.replace(/^[0-9a-f]{12}: /, ''));
    const count = (what: string): number => lines.filter((line) => line === what).length;
    expect(count('Pulling fs layer')).toBe(6);
    expect(count('Waiting')).toBe(6 - AT_ONCE);
    expect(count('Verifying Checksum')).toBe(6);
  });
});

/** Holds the first ones until three are there, and everyone for a moment in which one too many could come. */
class Gate {
  passed = 0;
  most = 0;
  #inside = 0;
  #open: () => void = () => undefined;
  readonly #three = new Promise<void>((resolve) => (this.#open = resolve));

  async pass(): Promise<void> {
    this.passed++;
    this.#inside++;
    this.most = Math.max(this.most, this.#inside);
    if (this.#inside === AT_ONCE) this.#open();
    await this.#three;
    await sleep(20);
    this.#inside--;
  }
}
