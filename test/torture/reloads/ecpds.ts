import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type SelfSigned, selfSigned } from '../../helpers/certificate.js';
import { active } from '../../helpers/ecpds.js';

/** An ECPDS server over TLS whose password and certificate are rotated while it runs. */
export class RotatingEcpds {
  /** Passwords that are good at the moment. */
  readonly passwords = new Set<string>();
  /** Destinations by user. */
  readonly lists = new Map<string, readonly string[]>();
  /** Users asked for, in order. */
  readonly asked: string[] = [];
  /** How long an answer about a user takes, in milliseconds. */
  readonly delays = new Map<string, number>();
  /** Calls with a password that is not good. */
  refused = 0;

  private constructor(
    private readonly server: Server,
    public certificate: SelfSigned,
  ) {}

  static async start(username: string, name: string): Promise<RotatingEcpds> {
    const certificate = selfSigned(name);
    const server = createServer(certificate);
    const ecpds = new RotatingEcpds(server, certificate);
    server.on('request', (request, response) => {
      void ecpds.#answer(username, request.url ?? '/', request.headers.authorization).then(
        ([status, body]) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
        () => response.destroy(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return ecpds;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A new certificate for connections from now on; those that are open are closed. */
  rotateCertificate(next: SelfSigned): void {
    this.certificate = next;
    this.server.setSecureContext(next);
    this.server.closeIdleConnections();
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  async #answer(
    username: string,
    target: string,
    authorization: string | undefined,
  ): Promise<[number, string]> {
    const id = new URL(target, 'https://ecpds').searchParams.get('id') ?? '';
    this.asked.push(id);
    const good = [...this.passwords].map((password) => basic(username, password));
    if (!good.includes(authorization ?? '')) {
      this.refused += 1;
      return [401, ''];
    }
    const list = active(...(this.lists.get(id) ?? []));
    await pause(this.delays.get(id) ?? 0);
    return [200, JSON.stringify({ destinationList: list, success: 'yes' })];
  }
}

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
