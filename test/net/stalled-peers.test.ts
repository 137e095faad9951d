import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { closeStalledPeers } from '../../src/net/stalled-peers.js';

const LIMITS = { receiveMs: 50, untakenMs: 50, lingerMs: 50, lookMs: 10 };

/** A connection, both ends of it. The server keeps its half open, as that of `node:http` does. */
async function connection(t: Test): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  closeStalledPeers(server, LIMITS);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const far = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  const [near]: Socket[] = await once(server, 'connection');
  if (near === undefined) throw new Error('no connection');
  for (const socket of [near, far]) socket.on('error', () => undefined);
  t.teardown(() => {
    for (const socket of [near, far]) socket.destroy();
    server.close();
  });
  return { near, far };
}
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

t.test('a connection that was ended is closed even if its peer keeps it open', async (t) => {
  const { near, far } = await connection(t);
  near.resume();
  near.end('goodbye');
  const [goodbye] = await once(far, 'data');
  t.equal(String(goodbye), 'goodbye');
  await once(near, 'close');
});

t.test('an answer that is not taken ends its connection', async (t) => {
  const { near, far } = await connection(t);
  far.pause();
  near.write(Buffer.alloc(16 * 1024 * 1024));
  await once(near, 'close');
  t.equal(near.destroyed, true);
});

t.test('a connection on which nothing waits is left alone, and so is one that moves', async (t) => {
  const { near, far } = await connection(t);
  await after(150);
  t.equal(near.destroyed, false);
  let got = 0;
  far.on('data', (data) => {
    got += data.length;
  });
  for (let i = 0; i < 10; i++) {
    near.write(Buffer.alloc(100_000));
    await after(15);
  }
  await after(150);
  t.equal(near.destroyed, false);
  t.equal(got, 1_000_000);
});
