import { isLocal } from '../domain/secure-url.js';
import type { Draft } from './draft.js';
import { type Problem, problemAt } from './problem.js';
import type { Document, Listener } from './schema.js';
import { SIDECAR } from './schema-sidecar.js';
import { TRACING } from './schema-tracing.js';
import { checkText, must } from './text-rules.js';
import { parseBaseUrl } from './url-rules.js';

type Sidecar = Draft<Document['sidecar']>;
type ListenerDraft = NonNullable<Sidecar['http']>;
const LISTENERS = ['http', 'grpc', 'admin'] as const;
type Name = (typeof LISTENERS)[number];

/** The longest path of a Unix socket on Linux, in bytes, without the NUL that ends it. */
const MAX_SOCKET_BYTES = 107;

export function checkSidecar(sidecar: Sidecar | undefined): Problem[] {
  if (sidecar === undefined) return [];
  return [
    ...LISTENERS.flatMap((name) => checkListener(name, sidecar[name] ?? undefined)),
    ...checkApart(sidecar),
    ...(typeof sidecar.ca_file === 'string'
      ? checkText(['sidecar', 'ca_file'], sidecar.ca_file, must(SIDECAR.properties.ca_file))
      : []),
    ...checkRecheckToken(sidecar.recheck_token ?? null),
    ...checkTracing(sidecar.tracing?.endpoint),
  ];
}

/** Spans name nobody, but say who is asked when: they stay on this host, or are encrypted. */
function checkTracing(endpoint: string | undefined): Problem[] {
  if (endpoint === undefined) return [];
  const parsed = parseBaseUrl(endpoint);
  const isSafe = parsed.ok && (parsed.value.protocol === 'https:' || isLocal(parsed.value));
  if (isSafe) return [];
  const problem = parsed.ok ? 'would send traces over plain http to another host' : parsed.failure;
  return [problemAt(['sidecar', 'tracing', 'endpoint'], problem, must(TRACING.properties.endpoint))];
}

/** The `b64token` of RFC 6750, long enough that it cannot be guessed. */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]{16,}=*$/;

function checkRecheckToken(token: string | null): Problem[] {
  if (token === null || BEARER_TOKEN.test(token)) return [];
  const cure = must(SIDECAR.properties.recheck_token);
  return [problemAt(['sidecar', 'recheck_token'], 'is too short, or cannot be sent as a Bearer token', cure)];
}

function checkListener(name: Name, listener: ListenerDraft | undefined): Problem[] {
  const { host, port, socket } = listener ?? {};
  const path = ['sidecar', name];
  const properties = propertiesOf(name);
  const hostIsPlain = host === undefined || /^[A-Za-z0-9._:%-]+$/.test(host);
  return [
    ...(hostIsPlain ? [] : [problemAt([...path, 'host'], 'is not a host or address', must(properties.host))]),
    ...(socket !== undefined && (host !== undefined || port !== undefined)
      ? [problemAt(path, 'has a `socket` beside a `host` or `port`', must(properties.socket))]
      : []),
    ...(socket === undefined ? [] : checkSocket([...path, 'socket'], socket, must(properties.socket))),
  ];
}

function checkSocket(path: readonly string[], socket: string, cure: string): Problem[] {
  const fits = Buffer.byteLength(socket) <= MAX_SOCKET_BYTES && !socket.includes('\0');
  return fits ? checkText(path, socket, cure) : [problemAt(path, 'is too long or holds NUL', cure)];
}

/** Two protocols need two ports, and what only operators may see is never on one that proxies reach. */
function checkApart(sidecar: Sidecar): Problem[] {
  return LISTENERS.flatMap((name, index) => {
    const listener = sidecar[name];
    const twin = LISTENERS.slice(0, index).find((before) => isSame(name, listener, before, sidecar[before]));
    if (twin === undefined) return [];
    const cure = `another port or socket than \`sidecar.${twin}\``;
    return [problemAt(['sidecar', name], `is the same address as \`sidecar.${twin}\``, cure)];
  });
}

type MaybeListener = ListenerDraft | null | undefined;

function isSame(oneName: Name, one: MaybeListener, otherName: Name, other: MaybeListener): boolean {
  if (one == null || other == null) return false;
  const [a, b] = [listenerOf(oneName, one), listenerOf(otherName, other)];
  if ('socket' in a || 'socket' in b) return 'socket' in a && 'socket' in b && a.socket === b.socket;
  return a.host === b.host && a.port === b.port && a.port !== 0;
}

function propertiesOf(name: Name) {
  const { http, grpc, admin } = SIDECAR.properties;
  return { http, grpc: grpc.anyOf[0], admin }[name].properties;
}

/** The listener with its defaults. */
export function listenerOf(name: Name, { host, port, socket }: ListenerDraft): Listener {
  if (socket !== undefined) return { socket };
  const properties = propertiesOf(name);
  const fallback = { host: String(properties.host['fallback']), port: Number(properties.port['fallback']) };
  return { host: host ?? fallback.host, port: port ?? fallback.port };
}
