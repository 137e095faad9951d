import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ARRIVAL_MS, followConnections } from '../../src/net/unheard.js';
import { rawRequest } from '../helpers/raw-http.js';

/** A server that ends as ours do, and connections to it that sent these texts. */
async function started(t: Test, answer: RequestListener, texts: readonly string[]) {
  const server = createServer(answer);
  const dropUnheard = followConnections(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sockets = await Promise.all(texts.map((text) => connected(t, port, text)));
  await pause(50);
  const closed = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      dropUnheard();
    });
  return { server, sockets, closed };
}

async function connected(
  t: Test,
  port: number,
  text: string,
): Promise<{ socket: Socket; got: () => string }> {
  let got = '';
  const socket = connect(port, '127.0.0.1');
  socket
    .on('error', () => undefined)
    .on('data', (chunk) => {
      got += chunk.toString('latin1');
    });
  t.teardown(() => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  if (text !== '') socket.write(text);
  return { socket, got: () => got };
}

t.test('a connection that never sent anything does not hold the end', async (t) => {
  const { closed } = await started(t, () => undefined, ['']);
  await pause(ARRIVAL_MS);
  const before = performance.now();
  await closed();
  t.ok(performance.now() - before < 1000);
});

t.test('a connection that was just opened has the time to send its request', async (t) => {
  const { sockets, closed } = await started(t, (_message, response) => response.end('late'), ['']);
  const ending = closed();
  await pause(100);
  sockets[0]?.socket.write(rawRequest());
  await ending;
  t.match(sockets[0]?.got(), /late/);
});

t.test('a request that has begun to arrive is waited for, but not for ever', async (t) => {
  const half = rawRequest({ body: 'abc', headers: ['content-length: 6'] });
  const answer: RequestListener = (message, response) => {
    message.resume().on('end', () => response.end('whole'));
  };
  const { sockets, closed } = await started(t, answer, [half, half, 'POST /api']);
  const before = performance.now();
  const ending = closed();
  await pause(100);
  sockets[0]?.socket.write('def');
  await ending;
  t.match(sockets[0]?.got(), /whole/);
  t.same(
    sockets.slice(1).map(({ got }) => got()),
    ['', ''],
  );
  t.ok(performance.now() - before < ARRIVAL_MS + 1000);
});

t.test('a request that has arrived is answered, however long that takes', async (t) => {
  const answer: RequestListener = (message, response) => {
    message.resume().on('end', () => setTimeout(() => response.end('late'), ARRIVAL_MS + 500));
  };
  const { sockets, closed } = await started(t, answer, [rawRequest({ body: 'abc' })]);
  await closed();
  t.match(sockets[0]?.got(), /late/);
});
