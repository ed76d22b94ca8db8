/** Bytes up to which a loop copies faster than a call does. */
const SHORT = 64;

/** A column of doubles that grows by doubling. */
export class Float64Column {
  #values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new Float64Array(this.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.length++] = value;
  }

  /** A view of what was pushed, valid until the next push. */
  view(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** A column of 32-bit numbers that grows by doubling. */
export class Uint32Column {
  #values = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.length++] = value;
  }

  set(at: number, value: number): void {
    this.#values[at] = value;
  }

  /** A view of what was pushed, valid until the next push. */
  view(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }

  /** What was pushed, in memory of its own. */
  copy(): Uint32Array {
    return this.#values.slice(0, this.length);
  }
}

/** Bytes that grow by doubling. */
export class ByteColumn {
  #values = new Uint8Array(16 * 1024);
  length = 0;

  append(bytes: Uint8Array): void {
    const needed = this.length + bytes.length;
    if (needed > this.#values.length) {
      const grown = new Uint8Array(Math.max(needed, this.#values.length * 2));
      grown.set(this.view());
      this.#values = grown;
    }
    if (bytes.length > SHORT) this.#values.set(bytes, this.length);
    else for (let i = 0; i < bytes.length; i++) this.#values[this.length + i] = bytes[i] ?? 0;
    this.length = needed;
  }

  /** A view of what was appended, valid until the next append. */
  view(): Uint8Array {
    return this.#values.subarray(0, this.length);
  }
}
