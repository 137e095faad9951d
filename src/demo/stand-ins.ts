import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { tokenFor } from './client.js';
import { type Destinations, startDemoEcpds } from './ecpds.js';
import { startDemoGateway } from './gateway.js';
import type { DemoServer } from './server.js';

const USAGE = `The demo's servers by themselves, for trying out a deployment. On loopback, and for nothing else.

  node dist/src/demo/stand-ins.js gateway PORT
  node dist/src/demo/stand-ins.js ecpds PORT FILE     FILE: JSON, user to a list of destinations; read at each request
  node dist/src/demo/stand-ins.js token alice|bob|admin     signed with the secret in AVISO_AUTHZ_JWT_SECRET_FILE
`;

/** Runs one stand-in until a signal, or prints a token. Returns false when the arguments make no sense. */
async function main([name, first = '', file = '']: readonly string[]): Promise<boolean> {
  if (name === 'token' && isSender(first)) {
    process.stdout.write(`${tokenFor(first, secretIn(process.env['AVISO_AUTHZ_JWT_SECRET_FILE'] ?? ''))}\n`);
    return true;
  }
  const port = Number(first);
  if (!Number.isInteger(port) || port < 1 || port > 65535) return false;
  if (name === 'gateway') untilSignal(await startDemoGateway(port));
  else if (name === 'ecpds' && file !== '')
    untilSignal(await startDemoEcpds(() => destinationsIn(file), port));
  else return false;
  process.stdout.write(`${name} stand-in on 127.0.0.1:${port}\n`);
  return true;
}

const isSender = (name: string): name is 'alice' | 'bob' | 'admin' =>
  ['alice', 'bob', 'admin'].includes(name);

/** One newline at the end is not part of the secret, as when the authorizer reads it. */
const secretIn = (path: string): string => readFileSync(path, 'utf8').replace(/\r?\n$/, '');

const destinationsIn = (path: string): Destinations => JSON.parse(readFileSync(path, 'utf8'));

function untilSignal(server: DemoServer): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!(await main(process.argv.slice(2)))) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
}
