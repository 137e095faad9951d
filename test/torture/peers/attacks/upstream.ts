import { type AddressInfo, createServer, type Socket } from 'node:net';
import { startApp } from '../../../helpers/app.js';
import { active, SERVICE } from '../../../helpers/ecpds.js';
import type { Tally } from '../tally.js';
import { pause } from '../wire/peer.js';

const TIMEOUT_SECONDS = 1;
/** The time-out, and what a busy machine may add. */
const WITHIN_MS = 10_000;

type Behave = (socket: Socket) => void;

/** Writes again and again until the other side is gone. */
const forever =
  (first: string, again: string, everyMs: number): Behave =>
  (socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.writableLength < 1e6 && socket.write(again), everyMs);
    socket.on('close', () => clearInterval(timer));
  };

const JSON_START = `{"success":"yes","destinationList":[${JSON.stringify(active('CIP')[0])}`;
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** ECPDS servers that answer alice's question as no server should. None of it is a list. */
const BEHAVIOURS: Readonly<Record<string, Behave>> = {
  silence: () => undefined,
  'a head byte by byte': forever('HTTP/1.1 200 OK\r\n', 'a', 20),
  'headers without end': forever('HTTP/1.1 200 OK\r\n', 'x: y\r\n'.repeat(2000), 5),
  'interim answers without end': forever('', 'HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n'.repeat(50), 5),
  'a body byte by byte': forever(`${HEAD}content-length: 99999\r\n\r\n${JSON_START}`, ' ', 20),
  'a body without end': forever(`${HEAD}\r\n${JSON_START}`, ','.padEnd(60_000), 1),
  'a body that is whole but for the end': (socket) => void socket.write(`${HEAD}\r\n${JSON_START}]}`),
  'chunks of a byte': forever(`${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'.repeat(50), 5),
};

/** Each behaviour in turn, against a sidecar in this process; all must end in 503, in time, and leave nothing open. */
export async function slowUpstream(tally: Tally): Promise<void> {
  await Promise.all(
    Object.entries(BEHAVIOURS).map(async ([name, behave]) => {
      tally.plans(name);
      const { url, open, close } = await startUpstream(behave);
      const app = await startApp({
        ecpds: [{ url } as Parameters<typeof startApp>[0]['ecpds'][number]],
        ecpdsSettings: { ...SERVICE, request_timeout_seconds: TIMEOUT_SECONDS, connect_timeout_seconds: 1 },
      });
      try {
        const before = process.memoryUsage().rss;
        const startedAt = performance.now();
        const statuses = await Promise.all(Array.from({ length: 10 }, () => app.watch('alice')));
        const took = performance.now() - startedAt;
        for (const status of statuses) {
          tally.verdict(`ECPDS with ${name}`, status === 200, false);
          tally.expect(status === 503, `ECPDS with ${name}: ${status}, not 503`);
        }
        tally.expect(took < WITHIN_MS, `ECPDS with ${name}: answered after ${Math.round(took)} ms`);
        for (let waited = 0; open() > 0 && waited < 5_000; waited += 50) await pause(50);
        tally.expect(
          open() === 0,
          `ECPDS with ${name}: ${open()} connections to it are open after the time-out`,
        );
        const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
        tally.expect(grown < 400, `ECPDS with ${name}: ${Math.round(grown)} MiB more`);
      } finally {
        await app.close();
        await close();
      }
    }),
  );
}

async function startUpstream(behave: Behave) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', () => behave(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
