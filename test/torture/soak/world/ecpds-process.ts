import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listening } from '../../../../src/demo/server.js';
import { SERVICE } from '../../../helpers/ecpds.js';
import { monotonicMs } from '../clock.js';
import { listOf, versionAt } from './lists.js';
import { type Habit, userOf } from './people.js';
import type { EcpdsReport } from './report.js';

/**
 * Two federated ECPDS servers in a process of their own: each knows half of every list. Whom they answer badly depends
 * on the user alone, so that the truth is exact. Its arguments: the start of the world, in milliseconds of the host's
 * monotonic clock, and after how many milliseconds a server that hangs breaks the connection (`null`: never). Says both ports; asked anything, it says what it was asked, as an `EcpdsReport`.
 */
const [startMs, hangsForMs]: [number, number | null] = JSON.parse(process.argv[2] ?? '');
const expected = `Basic ${Buffer.from(`${SERVICE.username}:${SERVICE.password}`).toString('base64')}`;
const asked = [0, 0];

const DELAY_MS: Readonly<Partial<Record<Habit, number>>> = { crowd: 40, slow: 150 };

function serve(server: 0 | 1, request: IncomingMessage, response: ServerResponse): void {
  asked[server] = (asked[server] ?? 0) + 1;
  if (request.headers.authorization !== expected) return void response.writeHead(401).end();
  const user = new URL(request.url ?? '/', 'http://ecpds').searchParams.get('id') ?? '';
  const { habit, index } = userOf(user);
  const delay = DELAY_MS[habit];
  if (server === 1 && habit === 'hanging') hang(request);
  else if (server === 1 && habit === 'failing') answerBadly(index, request, response);
  else if (delay === undefined) answer(server, user, response);
  else setTimeout(answer, delay + (index % 4) * 50, server, user, response);
}

function answer(server: 0 | 1, user: string, response: ServerResponse): void {
  const names = listOf(user, versionAt(user, monotonicMs() - startMs)).filter((_, i) => i % 2 === server);
  const destinationList = names.map((name) => ({ name, active: true, comment: `the soak's ${name}` }));
  response.writeHead(200, { 'content-type': 'application/json', ...KEEP_ALIVE });
  response.end(JSON.stringify({ destinationList, success: 'yes' }));
}

function hang(request: IncomingMessage): void {
  if (hangsForMs !== null) setTimeout(() => request.socket.resetAndDestroy(), hangsForMs);
}

/** Idle connections end soon, so that one that stays open is one that was lost. */
const KEEP_ALIVE = { connection: 'keep-alive', 'keep-alive': 'timeout=3' };

function answerBadly(index: number, request: IncomingMessage, response: ServerResponse): void {
  if (index % 4 === 0) response.writeHead(500, KEEP_ALIVE).end('{"error":"out of order"}');
  else if (index % 4 === 1) response.writeHead(404, KEEP_ALIVE).end();
  else if (index % 4 === 2) response.writeHead(200, KEEP_ALIVE).end('{"destinationList":[],"success":"no"}');
  else request.socket.resetAndDestroy();
}

const servers = [0, 1].map((which) =>
  createServer((request, response) => serve(which === 0 ? 0 : 1, request, response)),
);
// Longer than is said: a connection is then never closed by both sides at once.
for (const server of servers) server.keepAliveTimeout = 60_000;
const ports = await Promise.all(servers.map(async (server) => (await listening(server)).port));
process.on('message', () => {
  const report: EcpdsReport = { asked };
  process.send?.(JSON.stringify(report));
});
process.once('disconnect', () => process.exit());
process.send?.(JSON.stringify(ports));
