import type { Random } from '../../../../tools/drill/random.js';
import { CHECK, HEALTH } from '../../../helpers/grpc.js';
import { type Attack, CLOSE_WITHIN_MS, type Front } from '../attack.js';
import { QUESTION } from '../people.js';
import { request } from '../wire/http1.js';
import {
  call,
  callHead,
  FLAG,
  frame,
  framesIn,
  message,
  openHttp2,
  TYPE,
  verdictsIn,
} from '../wire/http2.js';
import { openPeer, pause } from '../wire/peer.js';

const ADMIN = ['/metrics', '/status', '/status.json', '/healthz', '/readyz', '/recheck', '/explain'];
const DECISIONS = ['/api/v1/watch', '/api/v1/replay', '/envoy/api/v1/watch', '/envoy/', CHECK, HEALTH];

/** A path and ways to write it that some program in between may take for it. */
const spellings = (path: string): string[] => [
  path,
  `${path}?x=1`,
  `${path}/`,
  `/${path}`,
  `/.${path}`,
  `/x/..${path}`,
  `/%2e%2e${path}`,
  `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`,
  `${path};a=b`,
  path.toUpperCase(),
  `http://127.0.0.1:9464${path}`,
  `/envoy${path}`,
];

/** Each listener's paths on the other two. */
export function crossing(front: Front, _random: Random): Attack[] {
  front.tally.plans([...ADMIN, ...DECISIONS].flatMap(spellings).join());
  const { http, admin } = front.ports;
  const readable = DECISIONS.filter((path) => !path.startsWith('/api') && !path.startsWith('/envoy/'));
  return [
    ...(front.size === 'short' ? ['GET', 'POST'] : ['GET', 'POST', 'HEAD']).flatMap((method) => [
      overHttp(front, http, method, [...ADMIN, ...readable].flatMap(spellings)),
      overHttp(front, admin, method, DECISIONS.flatMap(spellings)),
    ]),
    overGrpc(front, [...ADMIN, ...DECISIONS.slice(0, 4), '/', CHECK.toLowerCase()].flatMap(spellings)),
    http1OnGrpc(front),
  ];
}

/** One connection, a request after the other: all are 404, and say nothing of what the other listener knows. */
function overHttp(
  { tally, people }: Front,
  port: number,
  method: string,
  targets: readonly string[],
): Attack {
  return {
    name: `${method} of another listener's paths`,
    async run() {
      for (const target of targets) {
        const peer = await openPeer(port);
        const what = `${method} ${target} on another listener`;
        peer.socket.write(
          request({ method, target, headers: [people.alice], body: method === 'POST' ? QUESTION : '' }),
        );
        const until = performance.now() + CLOSE_WITHIN_MS;
        const head = (): string => peer.text().slice(0, 12);
        while (head() === '' && !peer.isOver() && performance.now() < until) await pause(2);
        const allowed = / 200$/.test(head()) || /x-aviso-decision/i.test(peer.text());
        tally.verdict(what, allowed, false);
        tally.expect(/ 4(?:04|00)$/.test(head()), `${what}: answered "${head()}"`);
        tally.expect(!/aviso_ecpds_|"situation"|"ready"/.test(peer.text()), `${what}: answered as there`);
        peer.socket.destroy();
      }
    },
  };
}

/** Calls of methods that are not there, and requests that are no calls. */
function overGrpc({ ports, tally }: Front, paths: readonly string[]): Attack {
  return {
    name: "calls of other listeners' paths",
    async run() {
      const peer = await openHttp2(ports.grpc);
      const body = message(new Uint8Array());
      const bytes = paths.map((path, index) => call(index * 2 + 1, path, body));
      const last = paths.length * 2 + 1;
      bytes.push(frame(TYPE.HEADERS, FLAG.END_HEADERS | FLAG.END_STREAM, last, callHead('/metrics')));
      peer.socket.write(Buffer.concat(bytes));
      const answered = (): Set<number> =>
        new Set(
          framesIn(peer.text()).flatMap(({ type, stream }) =>
            type === TYPE.HEADERS || type === TYPE.RST_STREAM ? [stream] : [],
          ),
        );
      const until = performance.now() + CLOSE_WITHIN_MS;
      while (answered().size < bytes.length && performance.now() < until) await pause(10);
      tally.cases += bytes.length;
      tally.expect(
        answered().size === bytes.length,
        `${bytes.length} calls of others' paths: ${answered().size} answers`,
      );
      tally.expect(
        verdictsIn(peer.text()).size === 0,
        "a call of another listener's path was answered with a message",
      );
      peer.socket.destroy();
    },
  };
}

/** HTTP/1.1 on the gRPC port is ended, and never answered as a request. */
function http1OnGrpc({ ports, people, tally }: Front): Attack {
  return {
    name: 'HTTP/1.1 on the gRPC listener',
    async run() {
      for (const target of [...ADMIN, ...DECISIONS]) {
        const peer = await openPeer(ports.grpc);
        peer.socket.write(request({ target, headers: [people.alice], body: QUESTION }));
        const closed = await peer.over(CLOSE_WITHIN_MS);
        tally.verdict(
          `HTTP/1.1 ${target} on the gRPC listener`,
          /HTTP\/1.1 200|x-aviso/.test(peer.text()),
          false,
        );
        tally.expect(
          closed,
          `HTTP/1.1 ${target} on the gRPC listener: not closed within ${CLOSE_WITHIN_MS} ms`,
        );
        peer.socket.destroy();
      }
    },
  };
}
