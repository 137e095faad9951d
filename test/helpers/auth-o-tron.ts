import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sign } from './tokens.js';

export interface FakeAuthOTron {
  readonly url: string;
  /** The `Authorization` headers it was shown, in order. */
  readonly shown: string[];
  close(): Promise<void>;
}

/** Whoever logs in as one of these gets this status in place of a token. */
export const REFUSED = { mallory: 401, suspended: 403, unlucky: 500, lost: 302 } as const;
const PASSWORD = 'secret';

export const basic = (user: string, password = PASSWORD): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** A stand-in auth-o-tron: Basic credentials with the right password, or a Bearer token, for a token of ours. */
export async function startAuthOTron(): Promise<FakeAuthOTron> {
  const shown: string[] = [];
  const server = createServer((request, response) => {
    const authorization = request.headers.authorization ?? '';
    shown.push(authorization);
    if (request.method !== 'GET' || request.url !== '/authenticate') return response.writeHead(404).end();
    const user = userIn(authorization);
    if (user === null) return response.writeHead(401).end();
    const refused = Object.entries(REFUSED).find(([name]) => name === user)?.[1];
    if (refused !== undefined) return response.writeHead(refused, { location: '/elsewhere' }).end();
    const token = sign({ sub: `ecmwf-${user}`, username: user });
    return response.writeHead(200, { authorization: `Bearer ${token}` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    shown,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function userIn(authorization: string): string | null {
  const [scheme = '', credentials = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return credentials.split('.').length === 3 ? 'alice' : null;
  const [user = '', password] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return password === PASSWORD ? user : null;
}
