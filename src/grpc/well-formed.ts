/** The fields of a message that are messages themselves, by their numbers. */
export interface Shape extends ReadonlyMap<number, Shape> {}

/** Field numbers and lengths are 32 bits, other numbers 64: so many bytes of seven bits. */
const TAG_BYTES = 5;
const NUMBER_BYTES = 10;

/**
 * Whether every byte of a message, and of the messages in it, belongs to a whole field
 * (https://protobuf.dev/programming-guides/encoding/).
 *
 * The generated readers ask for less: at a tag of zero or the end of a group they leave a message and go on behind it, and
 * a field may reach beyond the message that it stands in. What they then read is not what was written. Groups count as
 * malformed: proto3 has none.
 */
export function isWellFormed(bytes: Uint8Array, shape: Shape): boolean {
  return new Walk(bytes).message(bytes.length, shape);
}

class Walk {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  message(end: number, shape: Shape): boolean {
    while (this.#at < end) {
      const tag = this.#number(end, TAG_BYTES);
      const field = Math.floor(tag / 8);
      if (!(field > 0) || !this.#content(tag % 8, end, shape.get(field))) return false;
    }
    return true;
  }

  #content(wireType: number, end: number, shape: Shape | undefined): boolean {
    switch (wireType) {
      case 0:
        return !Number.isNaN(this.#number(end, NUMBER_BYTES));
      case 1:
        return this.#skip(8, end);
      case 2:
        return this.#delimited(end, shape);
      case 5:
        return this.#skip(4, end);
      default:
        return false;
    }
  }

  #delimited(end: number, shape: Shape | undefined): boolean {
    const length = this.#number(end, NUMBER_BYTES);
    if (!(length <= end - this.#at)) return false;
    return shape === undefined ? this.#skip(length, end) : this.message(this.#at + length, shape);
  }

  #skip(length: number, end: number): boolean {
    if (length > end - this.#at) return false;
    this.#at += length;
    return true;
  }

  /** A number, rounded when it is beyond 53 bits; NaN where there is none. */
  #number(end: number, maxBytes: number): number {
    let value = 0;
    for (let i = 0; i < maxBytes && this.#at < end; i += 1) {
      const byte = this.bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  }
}
