/** A request of so many bytes or fewer always finds room: those of real clients are of a few hundred. */
export const SMALL_BYTES = 16 * 1024;

/** The bytes of all larger requests that are not read yet, together: see {@link Collector}. */
export class Room {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** False, and nothing taken, when there is no room for so many bytes more. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

/** What larger requests may take together, in bytes: 256 of the largest that Aviso takes. */
export const ROOM_BYTES = 64 * 1024 * 1024;

/**
 * Collects a message from its pieces, in one buffer: a piece of one byte costs one byte, however many there are, and not
 * an object each. What has to be kept of a small message is bounded by the number of connections, of a large one by
 * what there is room for.
 */
export class Collector {
  #bytes: Buffer = NOTHING;
  #size = 0;
  #taken = 0;

  constructor(private readonly room: Room) {}

  get size(): number {
    return this.#size;
  }

  /** Adds a piece; false when there is no room for it, and then all is let go of. */
  push(piece: Buffer): boolean {
    const size = this.#size + piece.length;
    if (size > SMALL_BYTES && !this.#take(size - this.#taken)) {
      this.release();
      return false;
    }
    if (this.#size === 0) this.#bytes = piece;
    else this.#append(piece, size);
    this.#size = size;
    return true;
  }

  /** Everything that was pushed, without a copy. */
  bytes(): Buffer {
    return this.#bytes.length === this.#size ? this.#bytes : this.#bytes.subarray(0, this.#size);
  }

  /** Lets go of the bytes, and gives their room back. */
  release(): void {
    if (this.#taken > 0) this.room.give(this.#taken);
    this.#taken = 0;
    this.#bytes = NOTHING;
    this.#size = 0;
  }

  #take(bytes: number): boolean {
    if (!this.room.take(bytes)) return false;
    this.#taken += bytes;
    return true;
  }

  #append(piece: Buffer, size: number): void {
    if (size > this.#bytes.length || !this.#isOurs) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size + (size >> 1), 1024));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    piece.copy(this.#bytes, this.#size);
  }

  /** A first piece is the network's: nothing is written into it. */
  get #isOurs(): boolean {
    return this.#bytes.length > this.#size;
  }
}

const NOTHING = Buffer.alloc(0);
