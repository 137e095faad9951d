import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { listenOn } from '../../src/transport/listen.js';

async function folder(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'aviso-listen-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}
function newApp(t: Test) {
  const app = Fastify();
  app.get('/', async () => 'hello');
  t.teardown(() => app.close());
  return app;
}
const statusOver = (socketPath: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path: '/', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

t.test('a TCP listener tells its address', async (t) => {
  t.match(await listenOn(newApp(t), { host: '127.0.0.1', port: 0 }), /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
});

t.test('a port in use is refused, with the code of Node', async (t) => {
  const address = await listenOn(newApp(t), { host: '127.0.0.1', port: 0 });
  await t.rejects(listenOn(newApp(t), { host: '127.0.0.1', port: Number(new URL(address).port) }), {
    code: 'EADDRINUSE',
  });
});

t.test('a Unix socket answers', async (t) => {
  const socket = join(await folder(t), 'authz.sock');
  await listenOn(newApp(t), { socket });
  t.equal(await statusOver(socket), 200);
});

t.test('a file left behind by a killed process is no hindrance', async (t) => {
  const socket = join(await folder(t), 'authz.sock');
  await writeFile(socket, '');
  await listenOn(newApp(t), { socket });
  t.equal(await statusOver(socket), 200);
});

t.test('a socket that somebody still listens on is not taken away', async (t) => {
  const socket = join(await folder(t), 'authz.sock');
  const other = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve) => other.listen(socket, resolve));
  t.teardown(() => other.close());
  await t.rejects(listenOn(newApp(t), { socket }), { code: 'EADDRINUSE' });
  t.equal(existsSync(socket), true);
});
