import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { bind } from '../../src/net/bind.js';

function newServer(t: Test): Server {
  const server = createServer((socket) => socket.destroy());
  t.teardown(() => server.close());
  return server;
}

const connects = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host, () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

t.test('an address is told as text, with the port that the system chose', async (t) => {
  const address = await bind(newServer(t), 'x', { host: '127.0.0.1', port: 0 });
  const [, port] = /^x:\/\/127\.0\.0\.1:([1-9][0-9]*)$/.exec(address) ?? [];
  t.equal(await connects(Number(port), '127.0.0.1'), true);
});

t.test('an IPv6 address stands in brackets', async (t) => {
  const server = newServer(t);
  server.address = () => ({ address: '::1', family: 'IPv6', port: 7 });
  t.equal(await bind(server, 'x', { host: '127.0.0.1', port: 0 }), 'x://[::1]:7');
});

t.test('localhost is the loopback address that every proxy dials', async (t) => {
  for (const host of ['localhost', 'LocalHost']) {
    const server = newServer(t);
    const listened = t.capture(server, 'listen', server.listen);
    t.match(await bind(server, 'x', { host, port: 0 }), /^x:\/\/127\.0\.0\.1:/);
    t.match(listened(), [{ args: [{ host: '127.0.0.1' }] }], 'whatever the system would make of the name');
  }
});

t.test('a Unix socket is told as its path', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'aviso-bind-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'a.sock');
  t.equal(await bind(newServer(t), 'x', { path }), path);
});

t.test('what cannot be bound is Node’s error, and the server can be bound elsewhere', async (t) => {
  const address = await bind(newServer(t), 'x', { host: '127.0.0.1', port: 0 });
  const server = newServer(t);
  const port = Number(new URL(address).port);
  await t.rejects(bind(server, 'x', { host: '127.0.0.1', port }), { code: 'EADDRINUSE' });
  await t.rejects(bind(server, 'x', { host: '192.0.2.1', port: 0 }), { code: 'EADDRNOTAVAIL' });
  await t.rejects(bind(server, 'x', { path: '/nowhere/at/all.sock' }), { code: /^(ENOENT|EACCES)$/ });
  t.equal(server.listenerCount('error'), 0);
  t.match(await bind(server, 'x', { host: '127.0.0.1', port: 0 }), /^x:/);
  t.equal(server.listenerCount('error'), 0, 'what happens later is not swallowed');
});
