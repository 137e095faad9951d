import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jwtVerify } from 'jose';
import t from 'tap';
import { SERVICE_ACCOUNT } from '../../src/demo/ecpds.js';

const PROGRAM = fileURLToPath(new URL('../../src/demo/stand-ins.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'authz-stand-ins-'));
t.teardown(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    env: { ...process.env, AVISO_AUTHZ_JWT_SECRET_FILE: join(folder, 'jwt-secret') },
  });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

t.test('a token is signed with the secret in the file, without its last newline', async (t) => {
  writeFileSync(join(folder, 'jwt-secret'), `${'s'.repeat(32)}\n`);
  const { status, stdout } = run('token', 'alice');
  t.equal(status, 0);
  const { payload } = await jwtVerify(stdout.trim(), new TextEncoder().encode('s'.repeat(32)));
  t.match(payload, { username: 'alice', realm: 'ecmwf' });
});

t.test('arguments that make no sense get the usage', async (t) => {
  for (const args of [[], ['token', 'mallory'], ['gateway', 'x'], ['ecpds', '8101'], ['ecpds', '0', 'f']]) {
    const { status, stderr } = run(...args);
    t.equal(status, 2, args.join(' '));
    t.match(stderr, /stand-ins\.js gateway PORT/);
  }
});

t.test(
  'the ECPDS stand-in looks at its file at each request, and fails when there is none to read',
  async (t) => {
    const [file, port] = [join(folder, 'destinations.json'), await freePort()];
    writeFileSync(file, '{"alice":["CIP"]}');
    const child = spawn(process.execPath, [PROGRAM, 'ecpds', String(port), file]);
    t.teardown(() => child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const { username, password } = SERVICE_ACCOUNT;
    const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
    const ask = async () => fetch(`http://127.0.0.1:${port}/ecpds/v1/destination/list?id=alice`, { headers });
    t.match(await (await ask()).json(), { success: 'yes', destinationList: [{ name: 'CIP', active: true }] });
    writeFileSync(file, '{"alice":[]}');
    t.strictSame(await (await ask()).json(), { success: 'yes', destinationList: [] });
    writeFileSync(file, '{');
    t.equal((await ask()).status, 500);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    t.equal(await ended, 0);
  },
);
