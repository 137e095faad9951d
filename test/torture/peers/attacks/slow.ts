import { between, type Random } from '../../../../tools/drill/random.js';
import { CHECK } from '../../../helpers/grpc.js';
import type { Attack, Front } from '../attack.js';
import { QUESTION } from '../people.js';
import { request } from '../wire/http1.js';
import * as h2 from '../wire/http2.js';
import { openPeer, type Peer, pause } from '../wire/peer.js';
import { checkOf } from './calls.js';

const { TYPE, FLAG, frame } = h2;

/** How slow peers are, and how long they may be kept: the limits of the sidecar that they meet, and a margin. */
export interface Slowness {
  /** Between two bytes of a peer that dribbles, in milliseconds. */
  readonly everyMs: number;
  /** By when each must have been closed by the other side, in milliseconds. */
  readonly closedWithinMs: number;
  /** How many of each kind. */
  readonly count: number;
}

/** One kind of slow peer: what it sends at once, and then byte by byte, for ever. */
interface Kind {
  readonly name: string;
  readonly port: number;
  readonly first: Buffer;
  /** Null when it sends nothing more. */
  readonly again: Buffer | null;
}

function kinds({ ports, people }: Front): Kind[] {
  const text = (first: string, again: string | null): Pick<Kind, 'first' | 'again'> => ({
    first: Buffer.from(first, 'latin1'),
    again: again === null ? null : Buffer.from(again, 'latin1'),
  });
  const hello = Buffer.concat([h2.PREFACE, h2.settings()]);
  const begin = frame(TYPE.HEADERS, FLAG.END_HEADERS, 1, h2.callHead(CHECK));
  const both = ['http', 'admin'] as const;
  const slowHttp = both.flatMap((listener): Kind[] => {
    const target = listener === 'http' ? '/api/v1/watch' : '/recheck';
    const json = 'content-type: application/json';
    const body = (framing: string): string => request({ target, headers: [people.alice, json, framing] });
    const kind = (name: string, first: string, again: string | null): Kind => ({
      name: `${listener}: ${name}`,
      port: ports[listener],
      ...text(first, again),
    });
    return [
      kind('silence', '', null),
      kind('half a head', 'POST /api', null),
      kind('a head without end', 'POST / HTTP/1.1\r\nhost: a\r\n', 'a: b\r\n'),
      kind('half a body', body('content-length: 9999'), null),
      kind('a body without end', body('content-length: 99999'), ' '),
      kind('chunks without end', body('transfer-encoding: chunked'), '1\r\n \r\n'),
      kind(
        'no end of an ended connection',
        request({ method: 'GET', target: '/x', headers: ['connection: close'] }),
        'x',
      ),
      kind('no end after nonsense', 'NONSENSE\r\n\r\n', 'x'),
    ];
  });
  const call = (name: string, bytes: Buffer, again: Buffer | null): Kind => ({
    name: `grpc: ${name}`,
    port: ports.grpc,
    first: bytes,
    again,
  });
  return [
    ...slowHttp,
    {
      name: 'http: no end of a tunnel',
      port: ports.http,
      ...text('CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n', 'x'),
    },
    call('silence', Buffer.alloc(0), null),
    call('a hello byte by byte', Buffer.alloc(0), h2.PREFACE.subarray(0, 4)),
    call('a hello without settings', h2.PREFACE, null),
    call('a call without its message', Buffer.concat([hello, begin]), null),
    call(
      'a message without end',
      Buffer.concat([hello, begin, frame(TYPE.DATA, 0, 1, Buffer.alloc(3))]),
      null,
    ),
    call(
      'a call that is not half-closed',
      Buffer.concat([hello, begin, frame(TYPE.DATA, 0, 1, checkOf(people.bob))]),
      null,
    ),
    call('a message byte by byte', Buffer.concat([hello, begin]), frame(TYPE.DATA, 0, 1, Buffer.of(0))),
  ];
}

/** Peers of every slow kind at once: each is closed, or its call ended, within the limits. */
export function slowPeers(
  front: Front,
  random: Random,
  { everyMs, closedWithinMs, count }: Slowness,
): Attack[] {
  const all = kinds(front);
  const starts = all.map(() => Array.from({ length: count }, () => between(random, [0, everyMs])));
  front.tally.plans(`${all.map(({ name }) => name).join()} ${starts.join()}`);
  return all.map((kind, index) => ({
    name: kind.name,
    async run() {
      const waits = starts[index] ?? [];
      await Promise.all(
        waits.map((wait) => pause(wait).then(() => endure(front, kind, everyMs, closedWithinMs))),
      );
    },
  }));
}

async function endure({ tally }: Front, kind: Kind, everyMs: number, withinMs: number): Promise<void> {
  const peer = await openPeer(kind.port);
  peer.socket.write(kind.first);
  const until = performance.now() + withinMs;
  while (performance.now() < until && !isEnded(peer, kind)) {
    if (kind.again !== null) peer.socket.write(kind.again);
    await pause(everyMs);
  }
  tally.cases += 1;
  tally.expect(isEnded(peer, kind), `slow peer (${kind.name}): still there after ${withinMs} ms`);
  tally.expect(!/^HTTP\/1\.1 200/.test(peer.text()), `slow peer (${kind.name}): answered 200`);
  for (const { allowed } of h2.verdictsIn(kind.name.startsWith('grpc') ? peer.text() : '').values()) {
    tally.verdict(`slow peer (${kind.name})`, allowed, false);
  }
  peer.socket.destroy();
}

/** A connection that is over, or of HTTP/2 a call that was answered, as the connection may go on. */
const isEnded = (peer: Peer, { name }: Kind): boolean =>
  peer.socket.destroyed ||
  (peer.isOver() && !name.includes('no end')) ||
  (name.startsWith('grpc') && h2.verdictsIn(peer.text()).size > 0);

/** Peers that ask and do not read: a window of nothing, or a socket that is not emptied. */
export function deafPeers(
  front: Front,
  random: Random,
  { everyMs, closedWithinMs, count }: Slowness,
): Attack[] {
  const { ports, people, tally } = front;
  tally.plans(`${count} deaf ${between(random, [0, 9])}`);
  const many = Buffer.from(request({ headers: [people.bob], body: QUESTION }).repeat(300));
  const ping = Buffer.concat(Array.from({ length: 5000 }, () => frame(TYPE.PING, 0, 0, Buffer.alloc(8))));
  const untilClosed = async (name: string, peer: Peer, bytes: Buffer): Promise<void> => {
    peer.socket.pause();
    const until = performance.now() + closedWithinMs;
    while (performance.now() < until && !peer.socket.destroyed) {
      if (peer.socket.writableLength < 1e6) peer.socket.write(bytes);
      await pause(Math.min(everyMs, 10));
    }
    tally.cases += 1;
    tally.expect(peer.socket.destroyed, `${name}: not closed within ${closedWithinMs} ms`);
    peer.socket.destroy();
  };
  const http = async (): Promise<void> =>
    untilClosed('answers that are not read', await openPeer(ports.http), many);
  const admin = async (): Promise<void> => {
    const scrapes = Buffer.from(request({ method: 'GET', target: '/metrics' }).repeat(10));
    await untilClosed('scrapes that are not read', await openPeer(ports.admin), scrapes);
  };
  const grpc = async (): Promise<void> =>
    untilClosed('pongs that are not read', await h2.openHttp2(ports.grpc), ping);
  const window = async (): Promise<void> => {
    const peer = await h2.openHttp2(ports.grpc, [4, 0]);
    peer.socket.write(Buffer.concat([1, 3, 5].map((stream) => h2.call(stream, CHECK, checkOf(people.bob)))));
    const until = performance.now() + closedWithinMs;
    const resets = (): number =>
      h2.framesIn(peer.text()).filter(({ type }) => type === TYPE.RST_STREAM).length;
    while (performance.now() < until && resets() < 3 && !peer.isOver()) await pause(10);
    tally.cases += 3;
    tally.expect(
      resets() === 3 || peer.isOver(),
      `a window of nothing: ${resets()} of 3 calls ended within ${closedWithinMs} ms`,
    );
    peer.socket.destroy();
  };
  return [http, admin, grpc, window].map((run) => ({
    name: 'deaf peers',
    run: async () => {
      await Promise.all(Array.from({ length: Math.min(count, 2) }, run));
    },
  }));
}
