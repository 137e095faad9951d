import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SERVICE_USER } from './ecpds.js';
import { answerOf } from './lists.js';

/** The two ECPDS servers on loopback: they answer as those in memory do. */
export async function startEcpdsServers(
  servicePassword: string,
): Promise<{ readonly urls: readonly string[]; close(): Promise<void> }> {
  const expected = `Basic ${Buffer.from(`${SERVICE_USER}:${servicePassword}`).toString('base64')}`;
  const servers = await Promise.all(([0, 1] as const).map((index) => start(index, expected)));
  return {
    urls: servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function start(index: 0 | 1, expected: string): Promise<Server> {
  const server = createServer(({ url = '', headers }, response) => {
    const [, id] = /^\/ecpds\/v1\/destination\/list\?id=([^&]*)$/.exec(url) ?? [];
    const isService = headers.authorization === expected;
    const { status, body } =
      id === undefined || !isService ? { status: 401, body: '' } : answerOf(decodeURIComponent(id), index);
    response.writeHead(status, status === 302 ? { location: '/' } : {}).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
