import { contentsOf, type Message, readMessage } from '../protobuf/read.js';
import type { SentRequest } from '../reference/sent-request.js';

/** What the bytes of a check say. `malformed`: they are no message, or none that asks anything. */
export type ReadCheck =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'body as text' }
  | { readonly kind: 'request'; readonly request: SentRequest };

/** How several embedded messages in a place for one are read: as one (the specification), or the last alone. */
type Several = 'merged' | 'last';

export interface ReadChecks {
  /** Everything that the bytes may rightly be taken to say. */
  readonly readings: readonly ReadCheck[];
}

const MALFORMED: ReadCheck = { kind: 'malformed' };

/** Reads the bytes of an `envoy.service.auth.v3.CheckRequest`, by the field numbers of Envoy's documentation. */
export function readCheckRequest(bytes: Buffer): ReadChecks {
  const one = new CheckReader('merged');
  const other = new CheckReader('last');
  const readings = [one.read(bytes), other.read(bytes)];
  return { readings: one.isDoubtful ? [...readings, MALFORMED] : readings };
}

class Malformed extends Error {}

class CheckReader {
  /** Something that a reader may refuse, such as text that is no UTF-8. */
  isDoubtful = false;

  constructor(private readonly several: Several) {}

  read(bytes: Buffer): ReadCheck {
    try {
      return this.#check(this.#message(bytes));
    } catch (error) {
      if (error instanceof Malformed) return MALFORMED;
      throw error;
    }
  }

  #check(check: Message): ReadCheck {
    const attributes = this.#embedded(check, 1);
    const request = attributes === null ? null : this.#embedded(attributes, 4);
    const http = request === null ? null : this.#embedded(request, 2);
    if (attributes === null) return MALFORMED;
    const extensions = this.#entries(attributes, 10);
    if (http === null) return MALFORMED;
    for (const number of [1, 5, 6, 10]) this.#text(http, number);
    const headers = this.#headers(http);
    const body = contentsOf(http, 12).at(-1) ?? Buffer.alloc(0);
    if (this.#text(http, 11) !== '') return { kind: 'body as text' };
    const method = this.#text(http, 2);
    const target = this.#text(http, 4);
    const routeOperation = extensions.get('operation') ?? null;
    return { kind: 'request', request: { method, target, headers, body, routeOperation, isLate: false } };
  }

  #headers(http: Message): [string, string][] {
    const headers = [...this.#entries(http, 3)];
    const map = this.#embedded(http, 13);
    for (const entry of map === null ? [] : contentsOf(map, 1)) {
      const header = this.#message(entry);
      const raw = contentsOf(header, 3).at(-1) ?? Buffer.alloc(0);
      const value = this.#text(header, 2);
      headers.push([this.#text(header, 1), raw.length > 0 ? raw.toString('latin1') : value]);
    }
    return headers;
  }

  /** The entries of a map; of several with one key the last counts. */
  #entries(message: Message, number: number): Map<string, string> {
    const entries = contentsOf(message, number).map((bytes) => this.#message(bytes));
    return new Map(entries.map((entry) => [this.#text(entry, 1), this.#text(entry, 2)]));
  }

  #embedded(message: Message, number: number): Message | null {
    const all = contentsOf(message, number).map((bytes) => ({ bytes, message: this.#message(bytes) }));
    const last = all.at(-1);
    if (last === undefined) return null;
    if (this.several === 'last' || all.length === 1) return last.message;
    return this.#message(Buffer.concat(all.map(({ bytes }) => bytes)));
  }

  #text(message: Message, number: number): string {
    const all = contentsOf(message, number).map((bytes) => this.#utf8(bytes));
    return all.at(-1) ?? '';
  }

  #utf8(bytes: Buffer): string {
    const text = LENIENT.decode(bytes);
    if (!Buffer.from(text).equals(bytes)) this.isDoubtful = true;
    return text;
  }

  #message(bytes: Buffer): Message {
    const message = readMessage(bytes);
    if (message === null) throw new Malformed();
    this.isDoubtful ||= message.isDoubtful;
    return message;
  }
}

const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });
