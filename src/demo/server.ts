import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of the demo on loopback. */
export interface DemoServer {
  readonly port: number;
  close(): Promise<void>;
}

/** @param port 0 lets the system choose */
export async function listening(server: Server, port = 0): Promise<DemoServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;
  return { port: chosen, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
