import { at, entries } from './setting.js';
import type { Situation } from './situation.js';

/** Puts what the process knows in place of the `UPPER_CASE` words of a command. Users and destinations stay open. */
export function fillIn(command: string, situation: Situation): string {
  const { configuration, configurationFiles: files } = situation;
  const eventType = gatedEventType(configuration);
  const authOTron = at(configuration, 'auth', 'auth_o_tron_url');
  return [
    ['--config CONFIG', files?.length ? files.map((file) => `--config ${quoted(file)}`).join(' ') : null],
    ['EVENT_TYPE', eventType === null ? null : quoted(eventType)],
    ['AUTH_O_TRON_URL', typeof authOTron === 'string' && authOTron !== '' ? bare(authOTron) : null],
    ['127.0.0.1:9464', adminAddress(configuration)],
  ].reduce((text, [word, value]) => (word && value ? text.replace(word, () => value) : text), command);
}

/** A word of a shell. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Without the slash at its end, since a path follows. */
const bare = (url: string): string => quoted(url.replace(/\/$/, ''));

function gatedEventType(configuration: Situation['configuration']): string | null {
  const streams = at(configuration, 'notification_schema');
  const gated = entries(streams).find(([, stream]) => at(stream, 'gated') === true);
  return gated?.[0] ?? null;
}

/** How curl reaches the admin listener on its own host; null when that cannot be told. */
function adminAddress(configuration: Situation['configuration']): string | null {
  const socket = at(configuration, 'sidecar', 'admin', 'socket');
  if (typeof socket === 'string') return `--unix-socket ${quoted(socket)} localhost`;
  const port = at(configuration, 'sidecar', 'admin', 'port');
  const host = at(configuration, 'sidecar', 'admin', 'host');
  if (typeof port !== 'number' || port === 0 || typeof host !== 'string') return null;
  const reached = /^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host;
  return `${reached.includes(':') ? `[${reached}]` : quoted(reached)}:${port}`;
}
