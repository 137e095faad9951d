import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { Collector, ROOM_BYTES, Room, SMALL_BYTES } from '../../src/net/collector.js';
import { collectBody } from '../../src/transport/http-body.js';

/** What is handed over of a message that arrives in these pieces and then ends, or breaks off. */
async function collected(
  maxBytes: number,
  pieces: readonly Uint8Array[],
  how: 'ends' | 'breaks' = 'ends',
  room = new Room(ROOM_BYTES),
): Promise<string[]> {
  const message = new IncomingMessage(new Socket());
  const told: string[] = [];
  const body = new Collector(room);
  collectBody(message, body, maxBytes, (outcome) => {
    told.push(outcome === 'whole' ? body.bytes().toString('latin1') : outcome);
  });
  const closed = once(message, 'close');
  const arrived = how === 'ends' ? once(message, 'end') : closed;
  for (const piece of pieces) message.push(piece);
  await new Promise((resolve) => setImmediate(resolve));
  if (how === 'ends') message.push(null);
  else message.destroy();
  await arrived;
  return told;
}
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

t.test('a body is handed over once and whole, in however many pieces it came', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 })), async (pieces) => {
      const whole = Buffer.concat(pieces);
      const told = await collected(whole.length, pieces);
      return told.length === 1 && told[0] === whole.toString('latin1');
    }),
    { numRuns: 50 },
  );
  t.same(await collected(0, []), ['']);
});

t.test('one byte too much is told once, and nothing more', async (t) => {
  t.same(await collected(4, [bytes('abcd')]), ['abcd']);
  t.same(await collected(4, [bytes('abcde')]), ['too_large']);
  t.same(await collected(4, [bytes('abcd'), bytes('e'), bytes('f'), bytes('g')]), ['too_large']);
  t.same(await collected(0, [bytes('a')]), ['too_large']);
});

t.test('of a message that breaks off nothing is handed over', async (t) => {
  t.same(await collected(4, [bytes('ab')], 'breaks'), []);
  t.same(await collected(4, [], 'breaks'), []);
  t.same(await collected(1, [bytes('ab')], 'breaks'), ['too_large'], 'but what was too large stays so');
});

t.test('an error of the message is nobody else’s', async (t) => {
  const message = new IncomingMessage(new Socket());
  collectBody(message, new Collector(new Room(0)), 4, () => t.fail('there is no body'));
  message.destroy(new Error('aborted'));
  await new Promise((resolve) => message.on('close', resolve));
  t.equal(message.destroyed, true);
});

t.test(
  'a large body for which there is no room is told at once, and a small one always finds some',
  async (t) => {
    const large = Buffer.alloc(SMALL_BYTES + 1);
    t.same(await collected(1e6, [large, large], 'ends', new Room(0)), ['no_room']);
    t.equal((await collected(1e6, [large.subarray(1)], 'ends', new Room(0)))[0]?.length, SMALL_BYTES);
  },
);

t.test(
  'the room of a body that breaks off is given back, and that of a whole one is its reader’s',
  async (t) => {
    const large = Buffer.alloc(SMALL_BYTES + 1);
    const room = new Room(large.length);
    t.same(await collected(1e6, [large], 'breaks', room), []);
    t.equal((await collected(1e6, [large], 'ends', room))[0]?.length, large.length);
    t.same(await collected(1e6, [large], 'ends', room), ['no_room']);
  },
);
