import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Where } from '../net/bind.js';

/** Where a listener is bound: `{ host, port }`, or `{ socket }` for a Unix socket. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly socket: string };

/** What can be bound: a decision listener, or a Fastify instance. */
export interface Bindable {
  listen(where: Where): Promise<string>;
}

/** Binds a listener and returns its address as text. Rejects with Node's error, such as `EADDRINUSE`. */
export async function listenOn(app: Bindable, endpoint: Endpoint): Promise<string> {
  if (!('socket' in endpoint)) return app.listen({ host: endpoint.host, port: endpoint.port });
  if (!(await answers(endpoint.socket))) await rm(endpoint.socket, { force: true });
  return app.listen({ path: endpoint.socket });
}

/** What connecting comes to when nobody listens; anything else may be a process that is busy, or another user's. */
const NOBODY = ['ECONNREFUSED', 'ENOENT'];

/** True when some process still listens on the socket; a file left behind by a killed one does not answer. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(!NOBODY.includes(error.code ?? '')));
  });
}
