import { between, type Random } from '../../../../tools/drill/random.js';
import { CHECK } from '../../../helpers/grpc.js';
import type { Attack, Front } from '../attack.js';
import * as h2 from '../wire/http2.js';
import { pause } from '../wire/peer.js';
import { checkOf } from './calls.js';

const { TYPE, FLAG, frame } = h2;

/** What is no HTTP/2 at all, or breaks one of its rules: the connection ends, or the stream does. */
export function violations(front: Front, random: Random): Attack[] {
  const { people, ports, tally } = front;
  const bob = checkOf(people.bob);
  const whole = (stream: number): Buffer => h2.call(stream, CHECK, bob);
  const block = h2.callHead(CHECK);
  const bomb = Buffer.concat([block, h2.literal('x-bomb', 'b'.repeat(4000), true), Buffer.alloc(4000, 0xbe)]);
  const list = Buffer.concat([block, ...Array.from({ length: 300 }, (_, i) => h2.literal(`x-${i}`, 'v'))]);
  const large = h2.callHead(CHECK, [['x-large', 'v'.repeat(16_000)]]);
  const begin = (stream: number, payload = block): Buffer =>
    frame(TYPE.HEADERS, FLAG.END_HEADERS, stream, payload);
  const cases: readonly (readonly [string, Buffer])[] = [
    ['a window beyond 2^31', frame(TYPE.WINDOW_UPDATE, 0, 0, h2.u32(0x7fffffff))],
    ['a window wider by nothing', frame(TYPE.WINDOW_UPDATE, 0, 0, h2.u32(0))],
    ['an even stream', whole(2)],
    ['stream 0', whole(0)],
    ['a stream twice', Buffer.concat([whole(1), whole(1)])],
    ['a stream below the last', Buffer.concat([whole(9), whole(3)])],
    ['data of no stream', frame(TYPE.DATA, FLAG.END_STREAM, 5, bob)],
    ['a continuation of nothing', frame(TYPE.CONTINUATION, FLAG.END_HEADERS, 1, block)],
    ['a frame between headers', Buffer.concat([frame(TYPE.HEADERS, 0, 1, block), whole(3)])],
    ['a push', frame(TYPE.PUSH_PROMISE, FLAG.END_HEADERS, 1, Buffer.concat([h2.u32(2), block]))],
    ['a ping of five bytes', frame(TYPE.PING, 0, 0, Buffer.alloc(5))],
    ['settings of five bytes', frame(TYPE.SETTINGS, 0, 0, Buffer.alloc(5))],
    ['settings of a stream', frame(TYPE.SETTINGS, 0, 1)],
    ['an impossible frame size', h2.settings([5, 1])],
    ['an impossible window', h2.settings([4, 0xffffffff])],
    [
      'a frame of 16 MB',
      Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]), Buffer.alloc(100_000)]),
    ],
    ['no HPACK', begin(1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))],
    ['an HPACK bomb', Buffer.concat([begin(1, bomb), frame(TYPE.DATA, FLAG.END_STREAM, 1, bob)])],
    ['300 headers', Buffer.concat([begin(1, list), frame(TYPE.DATA, FLAG.END_STREAM, 1, bob)])],
    ['a header of 16 kB', Buffer.concat([begin(1, large), frame(TYPE.DATA, FLAG.END_STREAM, 1, bob)])],
    ['a goaway, and calls after it', Buffer.concat([frame(TYPE.GOAWAY, 0, 0, Buffer.alloc(8)), whole(1)])],
    [
      'trailers',
      Buffer.concat([
        begin(1),
        frame(TYPE.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, 1, h2.literal('a', 'b')),
      ]),
    ],
    ['noise', Buffer.from(Array.from({ length: 5000 }, () => between(random, [0, 255])))],
  ];
  return cases.map(([name, bytes]) => {
    tally.plans(`${name} ${bytes.length}`);
    return {
      name,
      async run() {
        const peer = await h2.openHttp2(ports.grpc);
        peer.socket.write(bytes);
        await pause(150);
        for (const [stream, verdict] of h2.verdictsIn(peer.text())) {
          tally.verdict(`${name}, stream ${stream}`, verdict.allowed, false);
        }
        tally.cases += 1;
        peer.socket.destroy();
      },
    };
  });
}
