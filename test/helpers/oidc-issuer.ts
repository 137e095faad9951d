import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { type TestKey, testKey } from './keys.js';

/** What the endpoint of the keys does in place of what the provider would. */
export type Fault = 'down' | 'error' | 'html' | 'ten-thousand-keys' | 'empty' | 'wrong-keys' | 'slow';

/** A real OpenID provider on loopback, whose endpoints for keys and discovery can be made to fail. */
export interface OidcIssuer {
  readonly issuer: string;
  /** How often the keys were asked for. */
  readonly keyRequests: () => number;
  /** A token from its token endpoint, signed with its first key. */
  token(claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** From now on it has these keys and signs with the first of them. */
  rotate(...keys: readonly TestKey[]): void;
  fail(fault: Fault | null): void;
  /** Lets the answers go that `slow` holds back. */
  release(): void;
  close(): Promise<void>;
}

const SECRET = 'a-secret-of-the-client-at-the-provider';
const AUDIENCE = 'aviso';
const BROKEN_PATHS = ['/jwks', '/.well-known/openid-configuration'];

export async function startOidcIssuer(first: TestKey): Promise<OidcIssuer> {
  const world = {
    fault: null as Fault | null,
    claims: {} as Readonly<Record<string, unknown>>,
    keyRequests: 0,
  };
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/jwks') world.keyRequests += 1;
    const isKeys = BROKEN_PATHS.includes(request.url ?? '');
    const fault = isKeys ? world.fault : null;
    if (fault === null) serve(request, response);
    else if (fault === 'slow') held.push(() => serve(request, response));
    else misbehave(fault, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const start = (keys: readonly TestKey[]) =>
    quietly(() => provider(issuer, keys, () => world.claims).callback());
  let serve = start([first]);
  return {
    issuer,
    keyRequests: () => world.keyRequests,
    async token(claims) {
      world.claims = claims;
      return quietly(() => accessToken(issuer));
    },
    rotate(...keys) {
      serve = start(keys);
    },
    fail(fault) {
      world.fault = fault;
    },
    release() {
      world.fault = null;
      for (const answer of held.splice(0)) answer();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** It signs access tokens as JWTs for one client, who is the user. */
function provider(
  issuer: string,
  keys: readonly TestKey[],
  claims: () => Readonly<Record<string, unknown>>,
): Provider {
  const resource = {
    scope: 'read',
    audience: AUDIENCE,
    accessTokenFormat: 'jwt',
    accessTokenTTL: 600,
    jwt: { sign: { alg: 'RS256' } },
  };
  const client = {
    client_id: 'user',
    client_secret: SECRET,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  };
  return new Provider(issuer, {
    jwks: {
      keys: keys.map(({ privateKey, jwk }) => ({
        ...jwk,
        ...privateKey.export({ format: 'jwk' }),
        alg: 'RS256',
      })),
    },
    clients: [client],
    ttl: { ClientCredentials: 600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:aviso',
        getResourceServerInfo: () => resource,
      },
    },
    extraTokenClaims: () => claims(),
  });
}

async function accessToken(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`user:${SECRET}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer))
    throw new Error(`no token: ${JSON.stringify(answer)}`);
  return String(answer.access_token);
}

/** oidc-provider tells the console that it is for development and wants a newer Node; tap reads the console. */
function quietly<T>(run: () => T): T {
  const { info, warn } = console;
  console.info = console.warn = () => undefined;
  try {
    return run();
  } finally {
    Object.assign(console, { info, warn });
  }
}

const STRANGERS = testKey('rsa', 'stranger');

function misbehave(fault: Exclude<Fault, 'slow'>, request: IncomingMessage, response: ServerResponse): void {
  switch (fault) {
    case 'down':
      request.socket.destroy();
      return;
    case 'error':
      response.writeHead(503).end('unavailable');
      return;
    case 'html':
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Sign in</title>');
      return;
    case 'empty':
      response.end('{"keys":[]}');
      return;
    case 'wrong-keys':
      response.end(JSON.stringify({ keys: [STRANGERS.jwk] }));
      return;
    case 'ten-thousand-keys': {
      const keys = Array.from({ length: 10_000 }, (_, index) => ({ ...STRANGERS.jwk, kid: `k${index}` }));
      response.end(JSON.stringify({ keys }));
      return;
    }
  }
}
