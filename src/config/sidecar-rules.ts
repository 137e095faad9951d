import type { Draft } from './draft.js';
import { type Problem, problemAt } from './problem.js';
import type { Document, Listener } from './schema.js';
import { SIDECAR } from './schema-sidecar.js';
import { checkText, must } from './text-rules.js';

type Sidecar = Draft<Document['sidecar']>;
type ListenerDraft = NonNullable<Sidecar['http']>;
type Name = 'http' | 'admin';

/** The longest path of a Unix socket on Linux, in bytes, without the NUL that ends it. */
const MAX_SOCKET_BYTES = 107;

export function checkSidecar(sidecar: Sidecar | undefined): Problem[] {
  if (sidecar === undefined) return [];
  return [
    ...checkListener('http', sidecar.http),
    ...checkListener('admin', sidecar.admin),
    ...checkApart(sidecar),
    ...(typeof sidecar.ca_file === 'string'
      ? checkText(['sidecar', 'ca_file'], sidecar.ca_file, must(SIDECAR.properties.ca_file))
      : []),
  ];
}

function checkListener(name: Name, listener: ListenerDraft | undefined): Problem[] {
  const { host, port, socket } = listener ?? {};
  const path = ['sidecar', name];
  const { properties } = SIDECAR.properties[name];
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

/** What only operators may see is never on the listener that proxies reach. */
function checkApart({ http, admin }: Sidecar): Problem[] {
  if (http === undefined || admin === undefined) return [];
  const [one, other] = [listenerOf('http', http), listenerOf('admin', admin)];
  const same =
    'socket' in one || 'socket' in other
      ? 'socket' in one && 'socket' in other && one.socket === other.socket
      : one.host === other.host && one.port === other.port && one.port !== 0;
  const cure = 'another port or socket than `sidecar.http`';
  return same ? [problemAt(['sidecar', 'admin'], 'is the same address as `sidecar.http`', cure)] : [];
}

/** The listener with its defaults. */
export function listenerOf(name: Name, { host, port, socket }: ListenerDraft): Listener {
  if (socket !== undefined) return { socket };
  const { properties } = SIDECAR.properties[name];
  const fallback = { host: String(properties.host['fallback']), port: Number(properties.port['fallback']) };
  return { host: host ?? fallback.host, port: port ?? fallback.port };
}
