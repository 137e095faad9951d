import { createServer } from 'node:http';
import { type DemoServer, listening } from './server.js';

/** The service account that the demo's servers expect. */
export const SERVICE_ACCOUNT = { username: 'aviso-service', password: 'demo-ecpds-password' };

/** User to destinations. */
export type Destinations = Readonly<Record<string, readonly string[]>>;

/**
 * A stand-in ECPDS server: lists each user's destinations, for whoever knows the service account's password.
 *
 * @param destinations or what is asked for them at each request; when that throws, the answer is 500
 */
export function startDemoEcpds(
  destinations: Destinations | (() => Destinations),
  port = 0,
): Promise<DemoServer> {
  const { username, password } = SERVICE_ACCOUNT;
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://ecpds');
    if (url.pathname !== '/ecpds/v1/destination/list') return response.writeHead(404).end();
    if (request.headers.authorization !== expected) return response.writeHead(401).end();
    const listed = current(destinations);
    if (listed === null) return response.writeHead(500).end();
    const names = listed[url.searchParams.get('id') ?? ''] ?? [];
    const destinationList = names.map((name) => ({
      name,
      active: true,
      comment: `demo destination ${name}`,
    }));
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ destinationList, success: 'yes' }));
  });
  return listening(server, port);
}

function current(destinations: Destinations | (() => Destinations)): Destinations | null {
  if (typeof destinations !== 'function') return destinations;
  try {
    return destinations();
  } catch {
    return null;
  }
}
