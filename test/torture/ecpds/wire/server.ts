import { type AddressInfo, createServer, type Socket } from 'node:net';
import { SERVICE } from '../../../helpers/ecpds.js';
import { askedFor } from '../users.js';
import type { Reply } from './replies.js';

/** A server that sends exactly the bytes it is told to, whatever they are. */
export interface WireServer {
  readonly url: string;
  /** What it answers whom with. */
  readonly replies: Map<string, Reply>;
  /** Who was asked for, in order. */
  readonly asked: string[];
  readonly strange: string[];
  /** How many connections were made. */
  connections(): number;
  close(): Promise<void>;
}

const EXPECTED = `Basic ${Buffer.from(`${SERVICE.username}:${SERVICE.password}`).toString('base64')}`;

export async function startWireServer(): Promise<WireServer> {
  const sockets = new Set<Socket>();
  const replies = new Map<string, Reply>();
  const asked: string[] = [];
  const strange: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let received = '';
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const user = userIn(received.slice(0, end), strange);
        received = received.slice(end + 4);
        asked.push(user);
        const reply = replies.get(user);
        if (reply === undefined) strange.push(`asked for ${JSON.stringify(user)}`);
        else void send(socket, reply);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    replies,
    asked,
    strange,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function userIn(head: string, strange: string[]): string {
  const [line = '', ...headers] = head.split('\r\n');
  const target = /^GET (\S+) HTTP\/1\.1$/.exec(line)?.[1] ?? '';
  const authorization = headers.filter((header) => /^authorization:/i.test(header));
  const isRight = authorization.length === 1 && authorization[0]?.replace(/^[^:]*: */, '') === EXPECTED;
  if (!isRight) strange.push('asked with other credentials');
  const user = askedFor(target);
  if (user === null) strange.push(`asked by ${JSON.stringify(line.slice(0, 200))}`);
  return user ?? '';
}

async function send(socket: Socket, { writes, pauseMs, end }: Reply): Promise<void> {
  for (const [index, bytes] of writes.entries()) {
    if (index > 0 && pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    else if (index > 0) await new Promise((resolve) => setImmediate(resolve));
    if (socket.destroyed) return;
    socket.write(bytes);
  }
  if (end === 'close') socket.end();
  if (end === 'reset') socket.resetAndDestroy();
}
