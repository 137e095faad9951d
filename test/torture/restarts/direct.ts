import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { between, type Random } from '../../../tools/drill/random.js';
import { rawRequest } from '../../helpers/raw-http.js';
import { HOSTS } from './envoys.js';
import { bodyOf, type Question } from './questions.js';
import type { Tally } from './tally.js';

export interface DirectOptions {
  readonly port: number;
  readonly ask: () => Question;
  readonly tally: Tally;
  readonly random: Random;
  /** The longest pause between two requests, in milliseconds. */
  readonly restMs: number;
}

/** How long before the announced end of a connection a client lets go of it, in milliseconds. */
const MARGIN_MS = 200;

interface Connection {
  readonly socket: Socket;
  /** Until when it may rest; null before the first answer. */
  keptUntil: number | null;
}

/**
 * A caller without a proxy, that keeps its connection and does what HTTP/1.1 says: it lets go of it when told
 * `Connection: close`, or when `Keep-Alive: timeout` has nearly passed, and then asks the other sidecar. It must never
 * meet a connection that ends before the answer.
 */
export class DirectClient {
  #host: 0 | 1;
  #connection: Connection | null = null;
  #going = true;

  constructor(
    private readonly options: DirectOptions,
    first: 0 | 1,
  ) {
    this.#host = first;
  }

  async run(): Promise<void> {
    const { random, restMs } = this.options;
    while (this.#going) {
      await this.#once();
      await pause(between(random, [0, restMs]));
    }
    this.#connection?.socket.destroy();
  }

  stop(): void {
    this.#going = false;
  }

  async #once(): Promise<void> {
    const { tally, ask } = this.options;
    const connection = await this.#connected();
    if (connection === null) return tally.fail('a direct client could connect to neither sidecar');
    const question = ask();
    tally.cases += 1;
    const { authorization } = question;
    const headers = authorization === null ? [] : [`authorization: ${authorization}`];
    const from = performance.now();
    const answer = await exchanged(connection.socket, rawRequest({ headers, body: bodyOf(question) }));
    if (answer === null) {
      tally.fail(
        `a direct client that keeps to HTTP/1.1 lost its connection to ${HOSTS[this.#host]} after ${Math.round(performance.now() - from)} ms, of ${connection.keptUntil === null ? 'its first' : 'a later'} request`,
      );
      return this.#letGo();
    }
    const { status } = answer;
    if (status === 200) tally.allowed += 1;
    if (status === 200 && question.expected !== 200) tally.wrongAllows += 1;
    tally.expect(status === question.expected, `a direct client got ${status}, not ${question.expected}`);
    if (answer.keepMs === null) {
      this.#letGo();
      this.#host = this.#host === 0 ? 1 : 0;
    } else connection.keptUntil = performance.now() + answer.keepMs - MARGIN_MS;
  }

  /** The connection that is kept, or a new one; to the other sidecar when nobody listens. */
  async #connected(): Promise<Connection | null> {
    const kept = this.#connection;
    if (kept !== null && kept.socket.readyState === 'open' && performance.now() < (kept.keptUntil ?? 0))
      return kept;
    this.#letGo();
    for (let attempt = 0; attempt < 20; attempt++) {
      const socket = await opened(HOSTS[this.#host], this.options.port);
      if (socket !== null) {
        this.#connection = { socket, keptUntil: null };
        return this.#connection;
      }
      this.#host = this.#host === 0 ? 1 : 0;
    }
    return null;
  }

  #letGo(): void {
    this.#connection?.socket.destroy();
    this.#connection = null;
  }
}

function opened(host: string, port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.on('error', () => resolve(null));
  });
}

interface Answered {
  readonly status: number;
  /** How long the connection may be kept, in milliseconds; null: not at all. */
  readonly keepMs: number | null;
}

/** Null when the connection ended before the answer was there. */
function exchanged(socket: Socket, bytes: string): Promise<Answered | null> {
  return new Promise((resolve) => {
    let text = '';
    const done = (answered: Answered | null): void => {
      socket.off('data', onData).off('close', onEnd).off('end', onEnd);
      resolve(answered);
    };
    const onEnd = (): void => done(null);
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const whole = /^HTTP\/1\.1 ([0-9]{3}) [\s\S]*?content-length: ([0-9]+)[\s\S]*?\r\n\r\n/i.exec(text);
      if (whole === null || text.length < whole[0].length + Number(whole[2])) return;
      const timeout = /^keep-alive: timeout=([0-9]+)/im.exec(whole[0])?.[1];
      const closes = /^connection: close/im.test(whole[0]);
      done({
        status: Number(whole[1]),
        keepMs: closes ? null : Number(timeout ?? Number.POSITIVE_INFINITY) * 1000,
      });
    };
    socket.on('data', onData).once('close', onEnd).once('end', onEnd);
    socket.write(bytes);
  });
}
