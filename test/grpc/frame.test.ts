import fc from 'fast-check';
import t from 'tap';
import { FrameReader, framed, MAX_MESSAGE_BYTES } from '../../src/grpc/frame.js';
import { ROOM_BYTES, Room } from '../../src/net/collector.js';
import { frame } from '../helpers/raw-grpc.js';

const newReader = (): FrameReader => new FrameReader(new Room(ROOM_BYTES));

/** What comes of these pieces. */
function read(...pieces: readonly Buffer[]) {
  const reader = newReader();
  for (const piece of pieces) reader.push(piece);
  return reader.message();
}

t.test('a message is the same in however many pieces it arrives', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(300)), (message, cuts) => {
      const bytes = frame(message);
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
      const got = read(...pieces);
      return typeof got !== 'string' && got.equals(message);
    }),
  );
  t.pass();
});

t.test('an empty message is a message', async (t) => t.same(read(frame(Buffer.alloc(0))), Buffer.alloc(0)));

t.test('anything but one whole plain message is said to be', async (t) => {
  const hello = Buffer.from('hello');
  t.equal(read(), 'not_one_message');
  t.equal(read(Buffer.alloc(4)), 'not_one_message');
  for (const length of [4, 6, 0]) t.equal(read(frame(hello, 0, length)), 'not_one_message');
  t.equal(read(frame(hello, 0, 0xffffffff)), 'too_large');
  t.equal(read(frame(hello), frame(hello)), 'not_one_message');
  for (const flag of [1, 2, 255]) t.equal(read(frame(hello, flag)), 'compressed');
});

t.test('a message of the limit is taken, and one byte more is not, however it comes', async (t) => {
  const largest = frame(Buffer.alloc(MAX_MESSAGE_BYTES));
  const got = read(largest.subarray(0, 7), largest.subarray(7));
  t.equal(typeof got !== 'string' && got.length, 4 * 1024 * 1024);
  const tooMuch = Buffer.concat([largest, Buffer.of(0)]);
  tooMuch.writeUInt32BE(MAX_MESSAGE_BYTES + 1, 1);
  for (const pieces of [[tooMuch], [tooMuch.subarray(0, 5)], [tooMuch.subarray(0, 3), tooMuch.subarray(3)]]) {
    const reader = newReader();
    const taken = pieces.map((piece) => reader.push(piece));
    t.same(taken, [...pieces.slice(1).map(() => true), false]);
    t.equal(reader.push(Buffer.of(0)), false, 'and nothing after it');
    t.equal(reader.message(), 'too_large');
  }
});

t.test('a message of ours has a prefix that says plain and how long', async (t) => {
  t.equal(framed(Buffer.from('hello')).toString('latin1'), '\0\0\0\0\x05hello');
  t.equal(framed(Buffer.alloc(0)).toString('latin1'), '\0\0\0\0\0');
  t.same(framed(Buffer.alloc(0x01020304)).subarray(0, 5), Buffer.of(0, 1, 2, 3, 4));
});

t.test('a message that its prefix already rules out is refused before it has arrived', async (t) => {
  for (const [bytes, fault] of [
    [frame(Buffer.alloc(0), 0, MAX_MESSAGE_BYTES + 1), 'too_large'],
    [frame(Buffer.alloc(2), 0, 1), 'not_one_message'],
  ] as const) {
    const reader = newReader();
    t.equal(reader.push(bytes), false);
    t.equal(reader.fault, fault);
  }
});

t.test('a large message needs room, and gives it back', async (t) => {
  const room = new Room(100_000);
  const message = frame(Buffer.alloc(60_000));
  const [one, other] = [new FrameReader(room), new FrameReader(room)];
  t.equal(one.push(message), true);
  t.equal(other.push(message), false);
  t.equal(other.message(), 'no_room');
  one.release();
  t.equal(new FrameReader(room).push(message), true);
});
