import { connect, type Socket } from 'node:net';
import { broken, type Came, GONE, type WireAnswer } from './wire.js';

/** Statuses that Envoy turns back (contract section 6). */
const CARRIED: Readonly<Record<number, number>> = { 424: 503, 423: 500 };

/**
 * One HTTP/1.1 connection, with at most one request at a time. Every byte that comes has to belong to the one answer
 * that is waited for.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #stray: (why: string) => void;
  #received = '';
  #waiting: ((came: Came) => void) | null = null;

  /** @param stray told of bytes that nobody asked for */
  constructor(port: number, stray: (why: string) => void) {
    this.#stray = stray;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#read(text));
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('closed'));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable && this.#socket.readable;
  }

  /** Sends bytes, and resolves to what comes. */
  ask(bytes: string): Promise<Came> {
    const came = new Promise<Came>((resolve) => {
      this.#waiting = resolve;
    });
    this.write(bytes);
    return came;
  }

  /** Sends more of the request. */
  write(bytes: string): void {
    if (this.isOpen) this.#socket.write(bytes, 'latin1');
  }

  /** The client goes: with a FIN, or with a RST. */
  leave(how: 'close' | 'reset' = 'close'): void {
    this.#settle(GONE);
    if (how === 'reset') this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #read(text: string): void {
    if (this.#waiting === null) {
      this.#stray(`bytes that nobody asked for: ${text.slice(0, 60)}`);
      return;
    }
    this.#received += text;
    const read = readAnswer(this.#received);
    if (read === null) return;
    const { answer, rest, isLast } = read;
    this.#received = '';
    if (rest !== '') this.#settle(broken(`more than one answer: ${rest.slice(0, 60)}`));
    if (isLast) this.#socket.end();
    this.#settle(answer);
  }

  #end(why: string): void {
    this.#settle({ kind: 'ended', why });
  }

  #settle(came: Came): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(came);
  }
}

interface Read {
  readonly answer: Came;
  readonly rest: string;
  /** Whether the server closes the connection with it. */
  readonly isLast: boolean;
}

/** The answer at the beginning of a text, or null when it is not all there. */
function readAnswer(text: string): Read | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const header = (name: string): string | null =>
    new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? null;
  const length = Number(header('content-length'));
  const [from, to] = [end + 4, end + 4 + length];
  if (text.length < to) return null;
  const wire = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(head)?.[1]);
  const isLast = header('connection') === 'close';
  return { answer: answerOf(wire, header, text.slice(from, to)), rest: text.slice(to), isLast };
}

function answerOf(wire: number, header: (name: string) => string | null, body: string): Came {
  const says = header('x-aviso-decision') === 'allow';
  if (says !== (wire === 200)) return broken(`${wire} with x-aviso-decision: ${header('x-aviso-decision')}`);
  if (wire !== 200 && !body.includes('"code":')) return broken(`${wire} without a body of ours`);
  const answer: WireAnswer = {
    status: CARRIED[wire] ?? wire,
    allows: wire === 200,
    requestId: header('x-request-id'),
    user: header('x-aviso-user'),
  };
  return { kind: 'answered', answer };
}
