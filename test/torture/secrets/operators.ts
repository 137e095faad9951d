import type { Eye } from './eye.js';
import type { Made } from './made.js';
import type { Sidecar } from './sidecar.js';

const PAIRS = ['alice', 'bob', 'echo-status-401', 'echo-header', 'echo-names', 'echo-broken-json'].map(
  (username) => ({ username, realm: 'ecmwf', destination: 'CIP' }),
);

/** Everything that the admin listener answers, with and without its token. */
export async function lookAround({ admin }: Sidecar, made: Made, eye: Eye): Promise<void> {
  const ask = async (where: string, path: string, init: RequestInit = {}): Promise<void> => {
    const response = await fetch(`${admin}${path}`, init);
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    eye.found.cases += 1;
    eye.saw(where, [response.status, response.statusText, ...headers, '', await response.text()].join('\n'));
  };
  await ask('metrics', '/metrics');
  for (const path of ['/status', '/status.json']) await ask('status pages', path);
  for (const path of ['/healthz', '/readyz', '/nothing', '/metrics/%zz']) await ask('admin answers', path);
  for (const token of [made.recheckToken, `${made.recheckToken}x`, made.password.slice(0, 6)]) {
    const post = (path: string, body: string): Promise<void> =>
      ask('admin answers', path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      });
    await post('/recheck', JSON.stringify(PAIRS));
    await post('/recheck', `[{"${made.claim}`);
    await post('/explain', `{"username":"${made.claim}","x":1}`);
    for (const pair of PAIRS) await post('/explain', JSON.stringify(pair));
  }
}
