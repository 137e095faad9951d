import type { Random } from '../../../../tools/drill/random.js';
import { CHECK, checkMessage } from '../../../helpers/grpc.js';
import { type Attack, CLOSE_WITHIN_MS, type Front } from '../attack.js';
import { QUESTION } from '../people.js';
import * as h2 from '../wire/http2.js';
import { pause } from '../wire/peer.js';

const { TYPE, FLAG, frame } = h2;

/** Many times the same frame, in one write. */
export const times = (bytes: Buffer, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => bytes));

/** The message of a watch by whoever the header names. */
export function checkOf(header: string): Buffer {
  const headers = [['authorization', header.slice('authorization: '.length)]] as const;
  return h2.message(checkMessage({ headers, rawBody: Buffer.from(QUESTION) }));
}

/** Calls that are not one message, over raw frames: each is refused, with the status that is due, and at once. */
export function badCalls({ people, ports, tally }: Front, _random: Random): Attack[] {
  const bob = checkOf(people.bob);
  const part = bob.subarray(5);
  const cases: readonly (readonly [string, Buffer, number, boolean])[] = [
    ['a length of 4 GiB', h2.message(part, 0, 0xffffffff), 413, false],
    ['a length of 4 MiB and a byte', h2.message(part, 0, 4 * 1024 * 1024 + 1), 413, false],
    ['a compressed message', h2.message(part, 1), 415, true],
    ['two messages', Buffer.concat([bob, bob]), 400, false],
    ['a hundred messages', times(bob, 20), 400, false],
    ['less than its length', h2.message(part, 0, part.length + 1), 400, true],
    ['nothing', Buffer.alloc(0), 400, true],
    ['noise for a message', h2.message(Buffer.alloc(500, 0xff)), 400, true],
  ];
  return cases.map(([name, bytes, status, ended]) => ({
    name,
    async run() {
      const peer = await h2.openHttp2(ports.grpc);
      const flags = ended ? FLAG.END_STREAM : 0;
      peer.socket.write(
        Buffer.concat([
          frame(TYPE.HEADERS, FLAG.END_HEADERS, 1, h2.callHead(CHECK)),
          frame(TYPE.DATA, flags, 1, bytes),
        ]),
      );
      const until = performance.now() + CLOSE_WITHIN_MS;
      while (!h2.verdictsIn(peer.text()).has(1) && performance.now() < until) await pause(10);
      const verdict = h2.verdictsIn(peer.text()).get(1);
      tally.verdict(name, verdict?.allowed === true, false);
      tally.expect(
        verdict?.http === status,
        `${name}: answered ${verdict?.http ?? 'not at all'}, not ${status}`,
      );
      peer.socket.destroy();
    },
  }));
}

/** More streams than a connection may have: as many as are offered are served, the others refused, and it lives on. */
export function manyStreams({ people, ports, tally }: Front, _random: Random): Attack[] {
  return [
    {
      name: '1,500 streams on one connection',
      async run() {
        const peer = await h2.openHttp2(ports.grpc);
        await pause(50);
        const opened = Array.from({ length: 1500 }, (_, i) =>
          frame(TYPE.HEADERS, FLAG.END_HEADERS, i * 2 + 1, h2.callHead(CHECK)),
        );
        peer.socket.write(Buffer.concat(opened));
        const count = (): number =>
          h2.framesIn(peer.text()).filter(({ type }) => type === TYPE.RST_STREAM).length;
        const until = performance.now() + CLOSE_WITHIN_MS;
        while (count() < 500 && !peer.isOver() && performance.now() < until) await pause(50);
        const refused = count();
        tally.cases += 1500;
        tally.expect(peer.isOver() || refused >= 500, `1,500 streams on one connection: ${refused} refused`);
        if (!peer.isOver()) peer.socket.write(frame(TYPE.DATA, FLAG.END_STREAM, 1, checkOf(people.bob)));
        await pause(100);
        for (const { allowed } of h2.verdictsIn(peer.text()).values())
          tally.verdict('a stream of 1,500', allowed, false);
        peer.socket.destroy();
      },
    },
  ];
}
