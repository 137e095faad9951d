/** One field as it stands: a number, or bytes. Fixed-size numbers are kept as their bytes. */
export interface Field {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  readonly value: bigint | Buffer;
}

/** The fields of a message, in order. `isDoubtful`: it has numbers written longer than needed, which readers may refuse. */
export interface Message {
  readonly fields: readonly Field[];
  readonly isDoubtful: boolean;
}

const LARGEST_TAG = 2n ** 32n;
const FIXED_BYTES = new Map([
  [1, 8],
  [5, 4],
]);

/** A strict reader of its own: every byte belongs to a whole field, or there is no message (null). Groups are none: proto3 has not any. */
export function readMessage(bytes: Buffer): Message | null {
  const fields: Field[] = [];
  let at = 0;
  let isDoubtful = false;
  const take = (length: number): Buffer | null => {
    if (length > bytes.length - at) return null;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (): bigint | null => {
    let value = 0n;
    for (let i = 0; i < 10; i += 1) {
      const byte = take(1)?.[0];
      if (byte === undefined) return null;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) {
        if (i > 0 && byte === 0) isDoubtful = true;
        return value;
      }
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = number();
    if (tag === null || tag < 8n || tag >= LARGEST_TAG) return null;
    const [wire, fieldNumber] = [Number(tag & 7n), Number(tag >> 3n)];
    if (wire === 0) {
      const value = number();
      if (value === null) return null;
      fields.push({ number: fieldNumber, wire, value });
    } else if (wire === 1 || wire === 2 || wire === 5) {
      const length = FIXED_BYTES.get(wire) ?? number();
      const value = length === null || BigInt(length) > BigInt(bytes.length) ? null : take(Number(length));
      if (value === null) return null;
      fields.push({ number: fieldNumber, wire, value });
    } else return null;
  }
  return { fields, isDoubtful };
}

/** The contents of every field of that number that holds text, bytes or a message. */
export const contentsOf = ({ fields }: Message, number: number): Buffer[] =>
  fields.flatMap((field) =>
    field.number === number && field.wire === 2 && field.value instanceof Buffer ? [field.value] : [],
  );

/** The last number in a field of that number; 0 where there is none, as in proto3. */
export function numberOf({ fields }: Message, number: number): bigint {
  const last = fields.findLast((field) => field.number === number && field.wire === 0)?.value;
  return typeof last === 'bigint' ? last : 0n;
}
