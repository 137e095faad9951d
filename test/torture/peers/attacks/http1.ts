import { between, type Random } from '../../../../tools/drill/random.js';
import { type Attack, CLOSE_WITHIN_MS, type Front, scaled } from '../attack.js';
import { answersIn, type Http1Answer } from '../wire/http1.js';
import { cut, openPeer, type Peer, pause } from '../wire/peer.js';
import { chunking, dialects, type Message, sizes, smuggling } from './messages.js';

/** Every message at once and in pieces, for whoever it is on the decision listener, and all of them on the admin one. */
export function malformed(front: Front, random: Random): Attack[] {
  const { people, ports, size } = front;
  const messages = [smuggling, chunking, sizes, dialects].flatMap((make) => make(people));
  return messages.flatMap((message) => {
    const rounds = message.bytes.length > 1e6 && size === 'short' ? 0 : scaled(size, 1, 5);
    const pieces = Array.from({ length: rounds }, () => cut(message.bytes, between(random, [1, 12]), random));
    return [
      attack(front, message, [message.bytes]),
      ...pieces.map((parts) => attack(front, message, parts)),
      onAdmin(front, message, ports.admin),
    ];
  });
}

function attack({ ports, tally }: Front, message: Message, pieces: readonly string[]): Attack {
  const { name, bytes, statuses, ends } = message;
  tally.plans(
    `${name} ${pieces.length} ${bytes.length > 100_000 ? bytes.length : bytes.replaceAll(/^authorization.*$/gim, 'token')}`,
  );
  const what = `${name}, in ${pieces.length} pieces`;
  return {
    name,
    async run() {
      const peer = await openPeer(ports.http);
      await peer.dribble(pieces);
      await settled(peer, ends === true, statuses.length);
      const answers = answersIn(peer.text());
      for (const [index, answer] of answers.entries()) {
        tally.verdict(what, allows(answer), statuses[index] === 200);
      }
      const got = answers.map(({ status }) => status).join();
      // Bytes that nobody reads any more end a connection by a reset, which may overtake the answer.
      const mayBeLost = ends === true && bytes.length > 100_000 && got === '';
      tally.expect(
        got === statuses.join() || mayBeLost,
        `${what}: answered ${got || 'not at all'}, not ${statuses.join()}`,
      );
      tally.expect(ends !== true || peer.isOver(), `${what}: not closed within ${CLOSE_WITHIN_MS} ms`);
      peer.socket.destroy();
    },
  };
}

const allows = ({ status, decision }: Http1Answer): boolean => status === 200 || decision === 'allow';

/** Waits for what should come, and then a little for what should not. */
async function settled(peer: Peer, ends: boolean, count: number): Promise<void> {
  const until = performance.now() + CLOSE_WITHIN_MS;
  while (performance.now() < until) {
    if (peer.isOver() || (!ends && answersIn(peer.text()).length >= count)) break;
    await pause(5);
  }
  await pause(20);
}

/** None of it is a path of the admin listener. */
function onAdmin({ tally }: Front, { name, bytes }: Message, port: number): Attack {
  return {
    name: `${name}, on the admin listener`,
    async run() {
      const peer = await openPeer(port);
      await peer.dribble([bytes]);
      await settled(peer, false, 1);
      for (const { status, decision } of answersIn(peer.text())) {
        tally.cases += 1;
        tally.expect(status >= 400 && decision === '', `${name}, on the admin listener: answered ${status}`);
      }
      peer.socket.destroy();
    },
  };
}
