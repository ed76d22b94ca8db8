/** Bits of bytes, the most significant first. Reading past the end gives zeros and sets `overrun`. */
export class BitReader {
  #bytes: Uint8Array = new Uint8Array();
  #next = 0;
  /** The last `#count` bits are those read from `#bytes` and not yet taken. */
  #bits = 0;
  #count = 0;

  /** Bits taken so far, of the present bytes. */
  get position(): number {
    return this.#next * 8 - this.#count;
  }

  /** True once more bits have been taken than there are. */
  get overrun(): boolean {
    return this.position > this.#bytes.length * 8;
  }

  /** Bytes that have not been taken, not even in part. */
  get bytesLeft(): number {
    return Math.max(0, this.#bytes.length - Math.ceil(this.position / 8));
  }

  /** Takes other bytes, and goes to a bit of them. */
  reset(bytes: Uint8Array, position: number): void {
    this.#bytes = bytes;
    this.#next = position >>> 3;
    this.#count = 0;
    this.read(position & 7);
  }

  /** The next bits as a number; at most 24. */
  read(count: number): number {
    const value = this.peek(count);
    this.#count -= count;
    return value;
  }

  /** Like `read`, without taking them. */
  peek(count: number): number {
    while (this.#count < count) {
      this.#bits = (this.#bits << 8) | (this.#bytes[this.#next] ?? 0);
      this.#next++;
      this.#count += 8;
    }
    return (this.#bits >>> (this.#count - count)) & ((1 << count) - 1);
  }

  /** Takes bits that were peeked at. */
  drop(count: number): void {
    this.#count -= count;
  }

  /** 32 bits, unsigned. */
  read32(): number {
    return this.read(16) * 0x10000 + this.read(16);
  }

  /** Drops the bits up to the next whole byte. */
  align(): void {
    this.drop(this.#count & 7);
  }
}
