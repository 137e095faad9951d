import { createServer } from 'node:http';
import { type DemoServer, listening } from './server.js';

/** The service account that the demo's servers expect. */
export const SERVICE_ACCOUNT = { username: 'aviso-service', password: 'demo-ecpds-password' };

/** A stand-in ECPDS server: lists each user's destinations, for whoever knows the service account's password. */
export function startDemoEcpds(
  destinations: Readonly<Record<string, readonly string[]>>,
): Promise<DemoServer> {
  const { username, password } = SERVICE_ACCOUNT;
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://ecpds');
    if (url.pathname !== '/ecpds/v1/destination/list') return response.writeHead(404).end();
    if (request.headers.authorization !== expected) return response.writeHead(401).end();
    const names = destinations[url.searchParams.get('id') ?? ''] ?? [];
    const destinationList = names.map((name) => ({
      name,
      active: true,
      comment: `demo destination ${name}`,
    }));
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ destinationList, success: 'yes' }));
  });
  return listening(server);
}
