import { createServer } from 'node:http';
import { SERVICE_ACCOUNT } from '../../../src/demo/ecpds.js';
import { listening } from '../../../src/demo/server.js';
import { reportPort } from './process.js';
import { destinationsOf } from './users.js';

/**
 * A stand-in ECPDS server in a process of its own. Its arguments: destinations per user, distinct names in all.
 * Records have the members that the real ones have and the sidecar does not look at.
 */
const [perUser = 1, distinct = 1] = process.argv.slice(2).map(Number);
const { username, password } = SERVICE_ACCOUNT;
const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://ecpds');
  if (request.headers.authorization !== expected) return response.writeHead(401).end();
  const user = url.searchParams.get('id') ?? '';
  response.writeHead(200, { 'content-type': 'application/json' });
  return response.end(answerFor(user));
});

function answerFor(user: string): string {
  const destinationList = destinationsOf(user, perUser, distinct).map((name) => ({
    name,
    active: true,
    comment: `dissemination of ${name}`,
    type: 'Gold',
    country: 'int',
  }));
  return JSON.stringify({ destinationList, success: 'yes' });
}

const { port } = await listening(server);
reportPort(port);
