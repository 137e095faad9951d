import type { Server } from 'node:net';

/** A TCP address, or the path of a Unix socket. */
export type Where = { readonly host: string; readonly port: number } | { readonly path: string };

/** Binds a server and resolves to its address as text, or to the socket's path. Rejects with Node's error. */
export async function bind(server: Server, scheme: string, where: Where): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen('path' in where ? where : { ...where, host: addressOf(where.host) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') return address ?? '';
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${scheme}://${host}:${address.port}`;
}

/** Node would take the one of two loopback addresses that the system names first, often `::1`, which no proxy dials. */
const addressOf = (host: string): string => (host.toLowerCase() === 'localhost' ? '127.0.0.1' : host);
