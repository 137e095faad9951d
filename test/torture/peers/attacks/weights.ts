import { between, type Random } from '../../../../tools/drill/random.js';
import { CHECK } from '../../../helpers/grpc.js';
import { type Attack, type Front, scaled } from '../attack.js';
import { request } from '../wire/http1.js';
import * as h2 from '../wire/http2.js';
import { flood, openPeer, type Peer, pause } from '../wire/peer.js';

const { TYPE, FLAG, frame } = h2;
const MIB = 1024 * 1024;
/** By when a sidecar that has much to read has come to the first message without room, in milliseconds. */
const REFUSED_WITHIN_MS = 30_000;

/** Few bytes that cost many: each holds what it makes the sidecar keep until the time for a request is over. */
export function heavy({ ports, people, tally, size }: Front, random: Random): Attack[] {
  const connections = scaled(size, 5, 12);
  const rounds = between(random, [40, 50]);
  tally.plans(`${connections} ${rounds}`);
  const chunks = Buffer.from('1\r\nx\r\n'.repeat(2000));
  const bits = Buffer.concat(Array.from({ length: 2000 }, () => frame(TYPE.DATA, 0, 1, Buffer.of(120))));
  const head = (stream: number): Buffer => frame(TYPE.HEADERS, FLAG.END_HEADERS, stream, h2.callHead(CHECK));
  const half = request({ headers: [people.alice, 'content-length: 262000'], body: 'x'.repeat(260_000) });
  return [
    holding('chunks of a byte', connections, tally, async () => {
      const peer = await openPeer(ports.http);
      peer.socket.write(request({ headers: [people.alice, 'transfer-encoding: chunked'] }));
      await flood(peer, chunks, rounds);
      return peer;
    }),
    holding('DATA frames of a byte', 2, tally, async () => {
      const peer = await h2.openHttp2(ports.grpc);
      peer.socket.write(Buffer.concat([head(1), frame(TYPE.DATA, 0, 1, Buffer.from([0, 0, 0x3f, 0, 0]))]));
      await flood(peer, bits, rounds);
      return peer;
    }),
    holding(
      'bodies without their last bytes',
      scaled(size, 600, 2000),
      tally,
      async () => {
        const peer = await openPeer(ports.http);
        await flood(peer, Buffer.from(half), 1);
        return peer;
      },
      (peer) => /^HTTP\/1\.1 503 /.test(peer.text()),
    ),
    holding(
      'messages of 4 MiB without their last bytes',
      scaled(size, 2, 6),
      tally,
      () => messages(ports.grpc, head),
      (peer) => peer.isOver() || [...h2.verdictsIn(peer.text()).values()].some(({ http }) => http === 503),
    ),
  ];
}

/** Thirty streams of one connection, of nearly 4 MiB each, interleaved. */
async function messages(port: number, head: (stream: number) => Buffer): Promise<Peer> {
  const peer = await h2.openHttp2(port);
  const streams = Array.from({ length: 30 }, (_, i) => i * 2 + 1);
  const prefix = Buffer.from([0, 0, 0x3f, 0xff, 0xff]);
  peer.socket.write(
    Buffer.concat(streams.flatMap((stream) => [head(stream), frame(TYPE.DATA, 0, stream, prefix)])),
  );
  const pieces = Buffer.concat(streams.map((stream) => frame(TYPE.DATA, 0, stream, Buffer.alloc(16_000))));
  for (let sent = 0; sent < 4 * MIB - 32_000 && !peer.isOver(); sent += 16_000) await flood(peer, pieces, 1);
  return peer;
}

/** @param isRefused whether there was no room for what a peer holds; left out where there is for all */
function holding(
  name: string,
  count: number,
  tally: Front['tally'],
  hold: () => Promise<Peer>,
  isRefused?: (peer: Peer) => boolean,
): Attack {
  return {
    name,
    async run() {
      const peers = await Promise.all(Array.from({ length: count }, hold));
      tally.cases += count;
      await pause(500);
      if (isRefused !== undefined) {
        const until = performance.now() + REFUSED_WITHIN_MS;
        while (!peers.some(isRefused) && performance.now() < until) await pause(50);
        tally.expect(peers.some(isRefused), `${name}: there was room for all of them`);
      }
      for (const { socket } of peers) socket.destroy();
    },
  };
}

/** Connections that say nothing, or half a word: they cost next to nothing, and honest clients are served beside them. */
export function idle({ ports, tally, size }: Front, random: Random): Attack[] {
  const count = scaled(size, 150, 1000);
  const parts = ['', 'P', 'POST /api/v1/watch HTTP/1.1\r\nhost: a\r\n', 'PRI * HTTP/2.0\r\n\r\n'];
  const plan = [ports.http, ports.grpc].map(() =>
    Array.from({ length: count }, () => parts[between(random, [0, 3])] ?? ''),
  );
  tally.plans(plan.flat().join());
  return [
    {
      name: `${count * 2} idle connections`,
      async run() {
        const peers: Peer[] = [];
        for (const [index, texts] of plan.entries()) {
          const port = index === 0 ? ports.http : ports.grpc;
          for (const text of texts) {
            const peer = await openPeer(port);
            peer.socket.write(text);
            peers.push(peer);
          }
        }
        tally.cases += peers.length;
        await pause(scaled(size, 1000, 5000));
        for (const { socket } of peers) socket.destroy();
      },
    },
  ];
}
