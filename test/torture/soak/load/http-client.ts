import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection } from './http-connection.js';
import type { Plan } from './plan.js';
import type { Came } from './wire.js';

/** How many pieces a slow client sends, and the pause between two, in milliseconds. */
const DRIBBLES = { pieces: 6, pauseMs: 100 };
/** After how long somebody who goes away does so, in milliseconds. */
export const LEAVES_AFTER_MS = 100;

/** Brings requests over HTTP/1.1, natively or as Envoy does, with as many kept connections as it takes. */
export class HttpClient {
  readonly #port: number;
  readonly #stray: (why: string) => void;
  readonly #idle: HttpConnection[] = [];
  readonly #all = new Set<HttpConnection>();

  constructor(port: number, stray: (why: string) => void) {
    this.#port = port;
    this.#stray = stray;
  }

  async bring(plan: Plan): Promise<Came> {
    const { head, body } = bytesOf(plan);
    const connection = plan.manner === 'whole' ? this.#kept() : this.#fresh();
    const came = await this.#exchange(plan, connection, head, body);
    if (plan.manner === 'whole' && connection.isOpen) this.#idle.push(connection);
    else this.#drop(connection);
    return came;
  }

  /** Closes every connection. */
  close(): void {
    for (const connection of this.#all) connection.leave();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #exchange(plan: Plan, connection: HttpConnection, head: string, body: string): Promise<Came> {
    const half = body.slice(0, body.length / 2);
    switch (plan.manner) {
      case 'whole':
        return connection.ask(head + body);
      case 'head_only':
        return connection.ask(head);
      case 'dribbled':
        return dribble(connection, head + body);
      case 'half_head':
        return hold(connection, head.slice(0, head.length / 2), plan.holdMs);
      case 'half_body':
        return hold(connection, head + half, plan.holdMs);
      case 'cut_off':
        return leaveAfter(connection, head + half, plan);
      case 'left':
        return leaveAfter(connection, head + body, plan);
      default:
        return plan.manner satisfies never;
    }
  }

  #kept(): HttpConnection {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return this.#fresh();
      if (connection.isOpen) return connection;
      this.#drop(connection);
    }
  }

  #fresh(): HttpConnection {
    const connection = new HttpConnection(this.#port, this.#stray);
    this.#all.add(connection);
    return connection;
  }

  #drop(connection: HttpConnection): void {
    connection.leave();
    this.#all.delete(connection);
  }
}

async function dribble(connection: HttpConnection, bytes: string): Promise<Came> {
  const size = Math.ceil(bytes.length / DRIBBLES.pieces);
  const came = connection.ask(bytes.slice(0, size));
  for (let at = size; at < bytes.length; at += size) {
    await pause(DRIBBLES.pauseMs);
    connection.write(bytes.slice(at, at + size));
  }
  return came;
}

/** Until the other side has had enough, or we have. */
function hold(connection: HttpConnection, bytes: string, holdMs: number): Promise<Came> {
  const timer = setTimeout(() => connection.leave(), holdMs);
  return connection.ask(bytes).finally(() => clearTimeout(timer));
}

/** Every second one goes with a reset. An answer that was faster counts. */
async function leaveAfter(connection: HttpConnection, bytes: string, { id }: Plan): Promise<Came> {
  const came = connection.ask(bytes);
  await pause(LEAVES_AFTER_MS);
  connection.leave(Number(id.slice(-1)) % 2 === 0 ? 'close' : 'reset');
  return came;
}

function bytesOf(plan: Plan): { readonly head: string; readonly body: string } {
  const { transport, method, path, token, id, body, patienceMs } = plan;
  const isEnvoy = transport === 'envoy_http';
  const lines = [
    `${method} ${isEnvoy ? '/envoy' : ''}${path} HTTP/1.1`,
    'host: gateway.example',
    ...(token === null ? [] : [`authorization: Bearer ${token}`]),
    `x-request-id: ${id}`,
    ...(isEnvoy ? [`x-envoy-expected-rq-timeout-ms: ${patienceMs}`] : []),
    `content-length: ${body.length}`,
  ];
  return { head: `${lines.join('\r\n')}\r\n\r\n`, body };
}
