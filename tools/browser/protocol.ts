import type { Readable, Writable } from 'node:stream';

/** What a command of the DevTools protocol gave, or an event's parameters. */
export type Answer = Readonly<Record<string, unknown>>;

export interface Event {
  readonly method: string;
  readonly sessionId: string | null;
  readonly params: Answer;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Answer;
  readonly result?: Answer;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The DevTools protocol as Chromium speaks it with `--remote-debugging-pipe`: JSON over two pipes, a NUL after each
 * message.
 */
export class Protocol {
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<(event: Event) => void>();
  private lastId = 0;
  private rest = '';

  constructor(
    private readonly commands: Writable,
    answers: Readable,
  ) {
    answers.setEncoding('utf8').on('data', (chunk: string) => this.read(chunk));
    answers.on('close', () => this.end());
  }

  /** Fails when Chromium says so, and when it ends before it has answered. */
  send(method: string, params: Answer = {}, sessionId: string | null = null): Promise<Answer> {
    this.lastId += 1;
    const id = this.lastId;
    const message = { id, method, params, ...(sessionId === null ? {} : { sessionId }) };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.commands.write(`${JSON.stringify(message)}\0`);
    });
  }

  /** @returns what ends it */
  listen(listener: (event: Event) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private read(chunk: string): void {
    const messages = (this.rest + chunk).split('\0');
    this.rest = messages.pop() ?? '';
    for (const message of messages) this.take(JSON.parse(message));
  }

  private take({ id, method, sessionId, params = {}, result = {}, error }: Message): void {
    if (method !== undefined) {
      for (const listener of this.listeners) listener({ method, sessionId: sessionId ?? null, params });
    }
    const waiting = id === undefined ? undefined : this.waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }

  private end(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('Chromium has ended'));
    this.waiting.clear();
  }
}
