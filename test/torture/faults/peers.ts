import { setTimeout as pause } from 'node:timers/promises';
import type { Fetch } from '../../../src/http/bounded-get.js';
import type { HttpClient } from '../../../src/http/client.js';
import { sign } from '../../helpers/tokens.js';
import type { Injector } from './injector.js';
import type { PointName } from './points.js';
import { listedBy } from './truth.js';

/** What a server takes to answer, so that requests wait for one another's fetch; in milliseconds. */
const ANSWER_MS = 8;

/** Who is called over HTTP, without a network between: a fault is then exactly the one that was injected. */
export const peersWith = (injector: Injector) => ({
  connectEcpds: (): HttpClient => ({ fetch: ecpds(injector), close: async () => undefined }),
  connectAuthOTron: (): HttpClient => ({ fetch: authOTron(injector), close: async () => undefined }),
});

const ecpds =
  (injector: Injector): Fetch =>
  (url) =>
    injector.promise('ecpds.fetch', async () => {
      injector.sleep('ecpds.clock', () => undefined);
      await pause(ANSWER_MS);
      const server = url.hostname === '127.0.0.1' ? 0 : 1;
      const names = listedBy(server, url.searchParams.get('id') ?? '');
      const destinationList = names.map((name) => ({ name, active: true }));
      return answer(injector, 'ecpds.body', JSON.stringify({ destinationList, success: 'yes' }));
    });

/** Takes `Basic` with the name of a user, whatever the password. */
const authOTron =
  (injector: Injector): Fetch =>
  (_url, { headers }) =>
    injector.promise('auth_o_tron.fetch', async () => {
      const [username = ''] = Buffer.from(headers['authorization']?.slice(6) ?? '', 'base64')
        .toString()
        .split(':');
      return answer(injector, 'auth_o_tron.body', JSON.stringify({ token: sign({ username }) }));
    });

/** In two pieces, so that a stream can break between them. */
const answer = (injector: Injector, point: PointName, body: string) => ({
  status: 200,
  headers: { get: () => null },
  body: injector.stream(point, [Buffer.from(body.slice(0, 10)), Buffer.from(body.slice(10))]),
});
