import { between, type Random } from '../../../../tools/drill/random.js';
import { CHECK } from '../../../helpers/grpc.js';
import { type Attack, CLOSE_WITHIN_MS, type Front, scaled } from '../attack.js';
import * as h2 from '../wire/http2.js';
import { flood, type Peer, pause } from '../wire/peer.js';
import { checkOf, times } from './calls.js';

const { TYPE, FLAG, frame } = h2;

/** A flood of HTTP/2: what is sent over and over, how often, and whether it has to end the connection. */
interface Flood {
  readonly name: string;
  /** Sent once, after the hello. */
  readonly first?: Buffer;
  /** One round of it, by its number. */
  round(index: number): Buffer;
  readonly rounds: number;
  /** Whether the peer reads what comes. */
  readonly reads?: false;
  readonly ends: boolean;
}

function floodsOf({ people, size }: Front, random: Random): Flood[] {
  const rounds = scaled(size, 20, 200);
  const per = between(random, [900, 1100]);
  const head = h2.callHead(CHECK);
  const begin = (stream: number): Buffer => frame(TYPE.HEADERS, FLAG.END_HEADERS, stream, head);
  const reset = (stream: number): Buffer => frame(TYPE.RST_STREAM, 0, stream, h2.u32(8));
  const bob = checkOf(people.bob);
  const ping = times(frame(TYPE.PING, 0, 0, Buffer.alloc(8, 7)), per);
  const set = times(h2.settings([3, 100], [4, 65_535]), per);
  const streams = (index: number, make: (stream: number) => Buffer): Buffer =>
    Buffer.concat(Array.from({ length: 200 }, (_, i) => make((index * 200 + i) * 2 + 1)));
  return [
    {
      name: 'rapid reset',
      round: (i) => streams(i, (s) => Buffer.concat([begin(s), reset(s)])),
      rounds,
      ends: true,
    },
    {
      name: 'rapid reset of whole calls',
      round: (i) => streams(i, (s) => Buffer.concat([h2.call(s, CHECK, bob), reset(s)])),
      rounds: scaled(size, 8, 20),
      ends: true,
    },
    { name: 'settings', round: () => set, rounds, ends: false },
    { name: 'settings, and nothing read', round: () => set, rounds, reads: false, ends: false },
    { name: 'pings', round: () => ping, rounds, ends: false },
    { name: 'pings, and nothing read', round: () => ping, rounds, reads: false, ends: false },
    {
      name: 'continuations',
      first: frame(TYPE.HEADERS, 0, 1, head),
      round: () => times(frame(TYPE.CONTINUATION, 0, 1, h2.literal('a', 'b'.repeat(100))), per),
      rounds,
      ends: true,
    },
    {
      name: 'empty continuations',
      first: frame(TYPE.HEADERS, 0, 1, head),
      round: () => times(frame(TYPE.CONTINUATION, 0, 1), per),
      rounds,
      ends: true,
    },
    {
      name: 'empty data',
      first: begin(1),
      round: () => times(frame(TYPE.DATA, 0, 1), per),
      rounds,
      ends: true,
    },
    {
      name: 'priorities',
      round: (i) => times(frame(TYPE.PRIORITY, 0, i * 2 + 1, Buffer.from([0, 0, 0, 0, 1])), per),
      rounds,
      ends: false,
    },
    {
      name: 'unknown frames',
      round: () => times(frame(0xfa, 255, 7, Buffer.alloc(10)), per),
      rounds,
      ends: false,
    },
    {
      name: 'windows a byte wider',
      round: () => times(frame(TYPE.WINDOW_UPDATE, 0, 0, h2.u32(1)), per),
      rounds,
      ends: false,
    },
  ];
}

export function floods(front: Front, random: Random): Attack[] {
  return floodsOf(front, random).map((flooding) => {
    front.tally.plans(`${flooding.name} ${flooding.rounds} ${flooding.round(0).length}`);
    return { name: flooding.name, run: () => run(front, flooding) };
  });
}

async function run(
  { ports, tally }: Front,
  { name, first, round, rounds, reads, ends }: Flood,
): Promise<void> {
  const peer = await h2.openHttp2(ports.grpc);
  if (reads === false) peer.socket.pause();
  if (first !== undefined) peer.socket.write(first);
  for (let i = 0; i < rounds && !peer.isOver(); i++) await flood(peer, round(i), 1);
  if (ends) tally.expect(await isCutOff(peer), `flood of ${name}: not closed within ${CLOSE_WITHIN_MS} ms`);
  else if (reads !== false) await pause(50);
  for (const [stream, verdict] of h2.verdictsIn(peer.text())) {
    tally.verdict(`flood of ${name}, stream ${stream}`, verdict.allowed, false);
  }
  tally.cases += 1;
  peer.socket.destroy();
}

/** Closed, or told to go away. */
async function isCutOff(peer: Peer): Promise<boolean> {
  const until = performance.now() + CLOSE_WITHIN_MS;
  const isTold = (): boolean => h2.framesIn(peer.text()).some(({ type }) => type === TYPE.GOAWAY);
  while (performance.now() < until) {
    if (peer.isOver() || isTold()) return true;
    await pause(20);
  }
  return false;
}
