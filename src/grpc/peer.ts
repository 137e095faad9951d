import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { ARRIVAL_MS, isSilent } from '../net/unheard.js';
import { sayGoodbye } from './goodbye.js';

/** One connection, and the calls that are open on it. */
export class Peer {
  readonly #openedAt = performance.now();
  readonly #calls = new Set<ServerHttp2Stream>();
  #goodbye: Promise<void> | null = null;
  #isLeaving = false;

  constructor(
    private readonly session: ServerHttp2Session,
    private readonly socket: Socket,
  ) {}

  opened(call: ServerHttp2Stream): void {
    this.#calls.add(call);
    call.once('close', () => {
      this.#calls.delete(call);
      if (this.#isLeaving) this.#dropIfDone();
    });
  }

  /** Tells the peer to take its next call to another connection; once, however often it is called. */
  sayGoodbye(): Promise<void> {
    this.#goodbye ??= sayGoodbye(this.session, this.socket);
    return this.#goodbye;
  }

  /** Says goodbye, and closes the connection when the calls on it are answered. */
  async leave(): Promise<void> {
    if (isSilent(this.socket, this.#openedAt)) this.socket.destroy();
    await this.sayGoodbye();
    this.#isLeaving = true;
    this.session.close();
    this.#later(() => this.#cancelUnheard());
    this.#dropIfDone();
  }

  /** A call that never arrives whole would hold the connection until it is given up as too slow. */
  #cancelUnheard(): void {
    for (const call of this.#calls) if (!call.readableEnded) call.close(constants.NGHTTP2_CANCEL);
  }

  /** The session ends by itself, but then waits for the peer to close, too. */
  #dropIfDone(): void {
    if (this.#calls.size === 0) this.#later(() => this.socket.destroy());
  }

  #later(step: () => void): void {
    if (this.socket.destroyed) return;
    const timer = setTimeout(step, ARRIVAL_MS);
    this.socket.once('close', () => clearTimeout(timer));
  }
}
