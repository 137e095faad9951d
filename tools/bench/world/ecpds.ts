import { createServer, type ServerResponse } from 'node:http';
import { SERVICE_ACCOUNT } from '../../../src/demo/ecpds.js';
import { listening } from '../../../src/demo/server.js';
import { reportPort } from './process.js';
import { answerFor, isUnknown } from './users.js';

/**
 * A stand-in ECPDS server in a process of its own. Its arguments: destinations per user, distinct names in all.
 * Told `hang`, it takes requests and leaves them without an answer; told `release`, it drops those and answers again.
 * To every message it replies how many it holds.
 */
const [perUser = 1, distinct = 1] = process.argv.slice(2).map(Number);
const { username, password } = SERVICE_ACCOUNT;
const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const held = new Set<ServerResponse>();
let hanging = false;

const server = createServer((request, response) => {
  if (hanging) return void held.add(response);
  if (request.headers.authorization !== expected) return response.writeHead(401).end();
  const user = new URL(request.url ?? '/', 'http://ecpds').searchParams.get('id') ?? '';
  response.writeHead(200, { 'content-type': 'application/json' });
  return response.end(answerFor(user, perUser, distinct, !isUnknown(user)));
});

process.on('message', (message) => {
  if (message === 'hang') hanging = true;
  if (message === 'release') release();
  process.send?.(String(held.size));
});

function release(): void {
  hanging = false;
  for (const response of held) response.destroy();
  held.clear();
}

const { port } = await listening(server);
reportPort(port);
