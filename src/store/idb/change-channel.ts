/** Says to this tab and all others that something changed. */
export class ChangeChannel {
  readonly #listeners = new Set<() => void>();
  readonly #channel: BroadcastChannel | undefined;

  /** Where the browser has no BroadcastChannel, only this tab hears. */
  constructor(store: string) {
    if (!('BroadcastChannel' in globalThis)) return;
    this.#channel = new BroadcastChannel(`drydock:${store}`);
    this.#channel.onmessage = () => this.#tell();
  }

  announce(): void {
    this.#channel?.postMessage('changed');
    this.#tell();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
    this.#channel?.close();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
