import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../helpers/certificate.js';
import { type TestKey, testKey } from '../../helpers/keys.js';
import { sign, signRaw } from '../../helpers/tokens.js';
import { ECHOES, type Echo, echo } from './echoes.js';
import type { Made } from './made.js';

/** Everybody the sidecar talks to. What they are shown they tell everybody, when they are asked to. */
export interface Upstreams {
  readonly ecpds: string;
  /** An ECPDS server whose certificate nobody trusts. */
  readonly untrusted: string;
  readonly authOTron: string;
  /** Key sets: of the provider `/good`, and an echo everywhere else. */
  readonly keys: string;
  readonly key: TestKey;
  readonly collector: string;
  /** What the collector was sent. */
  readonly traces: string[];
  /** A collector that answers with what it is shown. */
  readonly brokenCollector: string;
  close(): Promise<void>;
}

export const SERVICE_USER = 'svc-aviso';

export async function startUpstreams(made: Made): Promise<Upstreams> {
  const key = testKey('p256');
  const traces: string[] = [];
  const respondLists = lists(made);
  const collect: Respond = (_request, response, body) => {
    traces.push(body);
    response.end('{}');
  };
  const servers = [
    await listening(createServer(whole(respondLists))),
    await listening(createTlsServer(selfSigned(), whole(respondLists))),
    await listening(createServer(whole(logins(made)))),
    await listening(createServer(whole(keySets(made, key)))),
    await listening(createServer(whole(collect))),
  ];
  const [ecpds = 0, untrusted = 0, authOTron = 0, keys = 0, collector = 0] = servers.map(portOf);
  return {
    ecpds: `http://127.0.0.1:${ecpds}`,
    untrusted: `https://127.0.0.1:${untrusted}`,
    authOTron: `http://127.0.0.1:${authOTron}`,
    keys: `http://127.0.0.1:${keys}`,
    key,
    collector: `http://127.0.0.1:${collector}`,
    brokenCollector: `http://127.0.0.1:${keys}/collector`,
    traces,
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

type Respond = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const whole = (respond: Respond) => (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => respond(request, response, Buffer.concat(chunks).toString('utf8')));
};

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const basicOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** The echo that a user's name asks for: `echo-status-401` gets `status-401`. */
const echoFor = (user: string): Echo | undefined => ECHOES.find((kind) => user === `echo-${kind}`);

/** ECPDS: alice may read CIP, and a destination that nobody asks for. */
function lists({ password, unasked, said }: Made): Respond {
  return (request, response) => {
    const user = new URL(request.url ?? '/', 'http://x').searchParams.get('id') ?? '';
    const isKnown = request.headers.authorization === basicOf(SERVICE_USER, password);
    const kind = isKnown ? echoFor(user) : 'status-401';
    if (kind !== undefined) return echo(kind, request, response, said);
    if (user.startsWith(HUGE)) return void response.end(hugeList(`${unasked}-${user}`));
    const names = user === 'alice' ? ['CIP', unasked] : [unasked];
    const destinationList = [
      ...names.map((name) => ({ name, active: true, comment: said })),
      { name: unasked, active: false },
      { name: [unasked], active: true },
    ];
    return void response.end(JSON.stringify({ destinationList, success: 'yes' }));
  };
}

/** Users whose names begin so have lists that fill a small heap. */
export const HUGE = 'huge-';

const hugeList = (name: string): string =>
  JSON.stringify({
    success: 'yes',
    destinationList: Array.from({ length: 150_000 }, (_, index) => ({
      name: `${name}-${index}`,
      active: true,
    })),
  });

/** auth-o-tron: whoever logs in gets a token, and whoever shows one for alice gets another. */
function logins(made: Made): Respond {
  const { jwtSecret, claim, said } = made;
  return (request, response) => {
    const { authorization = '' } = request.headers;
    const user = userOf(authorization, made);
    const kind = user === null ? 'status-401' : echoFor(user);
    if (kind !== undefined) return echo(kind, request, response, said);
    const roles = user === 'admin' ? ['admin'] : [];
    const claims = { sub: `ecmwf-${user}`, username: user, roles, attributes: { claim } };
    const token = sign(claims, user === 'forged' ? said.repeat(2) : jwtSecret);
    return void response.writeHead(200, { authorization: `Bearer ${token}` }).end(said);
  };
}

function userOf(authorization: string, { clientPassword, jwtSecret }: Made): string | null {
  const [scheme = '', credentials = '', ...more] = authorization.split(' ');
  if (more.length > 0) return null;
  if (scheme === 'Bearer') return userOfToken(credentials, jwtSecret);
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return text.endsWith(`:${clientPassword}`) ? text.slice(0, -clientPassword.length - 1) : null;
}

/** Of a token that is signed as those of the part are. */
function userOfToken(token: string, secret: string): string | null {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const isOurs = signRaw('{"typ":"JWT","alg":"HS256"}', payload, secret) === token;
  if (!isOurs) return null;
  const { username, exp, roles }: Record<string, unknown> = JSON.parse(payload);
  const isGood = typeof username === 'string' && Number(exp) > Date.now() / 1000 && Array.isArray(roles);
  return isGood ? username : null;
}

function keySets({ said }: Made, key: TestKey): Respond {
  return (request, response) => {
    if (request.url === '/good') return void response.end(JSON.stringify({ keys: [key.jwk] }));
    return echo('status-500', request, response, said);
  };
}
