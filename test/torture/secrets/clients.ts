import { Client, credentials } from '@grpc/grpc-js';
import { CHECK, callOnce, checkMessage, verdictIn } from '../../helpers/grpc.js';
import { exchange } from '../../helpers/raw-http.js';
import type { Credentials } from './credentials.js';
import type { Eye } from './eye.js';
import type { Sidecar } from './sidecar.js';

const CIP = JSON.stringify({ event_type: 'dissemination', identifier: { destination: 'CIP' } });

/** Shows each of these credentials over every transport, and what comes back to the eye. */
export async function askAll(sidecar: Sidecar, all: readonly Credentials[], eye: Eye): Promise<void> {
  const client = new Client(`127.0.0.1:${sidecar.grpcPort}`, credentials.createInsecure());
  try {
    for (const shown of all) {
      await Promise.all([
        askHttp(sidecar, '', shown, eye),
        askHttp(sidecar, '/envoy', shown, eye),
        askGrpc(client, shown, eye),
      ]);
    }
  } finally {
    client.close();
  }
}

async function askHttp({ http }: Sidecar, prefix: string, shown: Credentials, eye: Eye): Promise<void> {
  const response = await fetch(`${http}${prefix}/api/v1/watch?access_token=${shown.header.slice(7)}`, {
    method: 'POST',
    headers: { authorization: shown.header },
    body: CIP,
  });
  const headers = [...response.headers].map(([name, value]) => [name, value] as const);
  const isAllow = response.headers.get('x-aviso-decision') === 'allow';
  const body = await response.text();
  answered(`${response.status} ${response.statusText}`, headers, body, isAllow, shown, eye);
}

async function askGrpc(client: Client, shown: Credentials, eye: Eye): Promise<void> {
  const message = checkMessage({ headers: [['authorization', shown.header]], rawBody: Buffer.from(CIP) });
  const called = await callOnce(client, CHECK, message);
  if (called.message === null) return eye.failed(`gRPC status ${called.status}`);
  const { allowed, headers, ...rest } = verdictIn(called.message);
  const listed = [...headers].map(([name, value]) => [name ?? '', value ?? ''] as const);
  answered('gRPC', listed, JSON.stringify(rest), allowed, shown, eye);
}

/** What an answer of these must not say to a client: where servers are, and what they did. */
const UPSTREAM =
  /127\.0\.0\.1|localhost|https?:|\bE[A-Z]{5,}\b|\bHPE_|HTTP \d|[hH]ttp_\d|InvalidResponse|invalid_response|[cC]ertificate|svc-aviso/;

/** In an allow `authorization` is what the gateway is to see: there, and nowhere else, a token may stand. */
function answered(
  status: string,
  headers: readonly (readonly [string, string])[],
  body: string,
  isAllow: boolean,
  { isAllowed }: Credentials,
  eye: Eye,
): void {
  const { found } = eye;
  found.cases += 1;
  found.allowed += isAllow ? 1 : 0;
  if (isAllow && !isAllowed) {
    found.wrongAllows += 1;
    eye.failed(`wrong allow: ${status}`);
  }
  if (!isAllow && isAllowed) eye.failed(`one who may was not allowed: ${status} ${body}`);
  const isMeant = (name: string): boolean => isAllow && name === 'authorization';
  for (const [name, value] of headers) if (isMeant(name)) eye.tokenMeant(value.replace(/^Bearer /, ''));
  const shown = headers.filter(([name]) => !isMeant(name)).map(([name, value]) => `${name}: ${value}`);
  const text = [status, ...shown, '', body].join('\n');
  eye.saw(status === 'gRPC' ? 'answers over gRPC' : 'answers over HTTP', text);
  const upstream = UPSTREAM.exec(text)?.[0];
  if (upstream !== undefined) eye.failed(`an answer (${status}) speaks of a server: ${upstream}`);
}

/** Requests that are wrong in another way than by their credentials, with good ones in every place. */
export async function askOddly({ httpPort }: Sidecar, { header }: Credentials, eye: Eye): Promise<void> {
  const token = header.slice(header.indexOf(' ') + 1);
  const post = (target: string, body: string, more = ''): string =>
    `POST ${target} HTTP/1.1\r\nhost: x\r\nauthorization: ${header}\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const watch = (body: string, more = ''): string => post('/api/v1/watch', body, more);
  const requests = [
    post(`/api/v1/watch/${token}`, CIP),
    post(`/envoy/api/v1/${token}?${token}`, CIP),
    post(`http://alice:${token}@gateway/api/v1/watch`, CIP),
    watch(`{"${token}":1}`),
    watch(`"${token}`),
    watch(JSON.stringify({ event_type: token, identifier: {} })),
    watch('{"event_type":"dissemination","identifier":{}}'),
    watch(CIP, `authorization: ${header}\r\n`),
    watch(CIP, 'content-encoding: gzip\r\n'),
    watch(CIP, 'x-envoy-auth-partial-body: true\r\n'),
    watch(CIP, `x-request-id: ${token}\r\nx-request-id: "${token}"\r\n`),
    watch(CIP, `x-big: ${'b'.repeat(90_000)}\r\n`),
    watch(CIP, `a header without a colon ${token}\r\n`),
    watch(CIP, `expect: ${token}\r\n`),
    `CONNECT ${token} HTTP/1.1\r\nauthorization: ${header}\r\n\r\n`,
    `POST /api/v1/watch HTTP/9.${token}\r\nauthorization: ${header}\r\n\r\n`,
    `PRI ${token}\r\n\r\n`,
  ];
  for (const request of requests) {
    const answers = await exchange(httpPort, request).catch(() => []);
    eye.found.cases += 1;
    // An allow would be the business of another part: nothing here may show a token, the exempt header included.
    const texts = answers.map(
      ({ status, headers, body }) => `${status} ${JSON.stringify([...headers])}\n${body}`,
    );
    eye.saw('answers over HTTP', texts.join('\n'));
  }
}
