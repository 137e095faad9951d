import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of the demo on a loopback port that the system chose. */
export interface DemoServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function listening(server: Server): Promise<DemoServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { port, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
