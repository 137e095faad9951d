import fc from 'fast-check';
import t from 'tap';
import { Collector, Room, SMALL_BYTES } from '../../src/net/collector.js';

t.test('what is collected is what was pushed, and no piece is written to', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 })), (arrays) => {
      const pieces = arrays.map((array) => Buffer.from(array));
      const whole = Buffer.concat(pieces);
      const collector = new Collector(new Room(1e6));
      for (const piece of pieces) if (!collector.push(piece)) return false;
      const same = collector.bytes().equals(whole) && collector.size === whole.length;
      return same && Buffer.concat(pieces).equals(whole);
    }),
  );
  t.pass();
});

t.test('a message that comes in one piece is not copied', async (t) => {
  const piece = Buffer.from('abc');
  const collector = new Collector(new Room(0));
  collector.push(piece);
  t.equal(collector.bytes(), piece);
});

t.test('a hundred thousand pieces of a byte cost about a byte each', async (t) => {
  const before = process.memoryUsage();
  const collector = new Collector(new Room(1e6));
  for (let i = 0; i < 100_000; i++) collector.push(Buffer.of(i & 255));
  t.equal(collector.size, 100_000);
  t.ok(collector.bytes().buffer.byteLength < 200_000, 'of memory that is kept');
  t.ok(process.memoryUsage().arrayBuffers - before.arrayBuffers < 20e6);
});

t.test('large messages share their room, small ones need none', async (t) => {
  const room = new Room(SMALL_BYTES + 10);
  const large = Buffer.alloc(SMALL_BYTES + 1);
  const [one, other, small] = [new Collector(room), new Collector(room), new Collector(room)];
  t.equal(one.push(large), true);
  t.equal(other.push(large), false);
  t.equal(other.size, 0, 'and nothing of it is kept');
  t.equal(small.push(large.subarray(1)), true);
  t.equal(small.push(Buffer.alloc(2)), false, 'until it is large itself');
  one.release();
  one.release();
  t.equal(other.push(large), true, 'room is given back once');
  t.equal(new Collector(room).push(large), false);
});
