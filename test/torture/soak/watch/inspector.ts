import { WebSocket } from 'undici';

/** What a look into a process shows, in bytes; resources by their name, as `process.getActiveResourcesInfo` has them. */
export interface Inside {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly resources: Readonly<Record<string, number>>;
}

interface Remote {
  readonly value?: unknown;
  readonly objectId?: string;
}

interface Message {
  readonly id?: number;
  readonly result?: { readonly result?: Remote; readonly objects?: Remote };
  readonly error?: { readonly message: string };
}

const LOOK = `(() => {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const resources = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  return { heapUsed, external, arrayBuffers, resources };
})()`;

/**
 * Objects that are alive, by the name of their class. Arrays, maps, promises and functions are some, too; texts and
 * numbers are none.
 */
export type Objects = Readonly<Record<string, number>>;

/** Reads no property that could be a getter. */
const COUNT = `function () {
  const counts = {};
  for (const object of this) {
    const prototype = Object.getPrototypeOf(object);
    const maker = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor');
    const name = 'of ' + ((maker && typeof maker.value === 'function' && maker.value.name) || 'no class');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}`;

/** Finalisers of one collection free what only the next can take. */
const COLLECTIONS = 4;

/** A connection to a Node process that was started with `--inspect`. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve(of: Message): void; reject(error: Error): void }>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data))));
    socket.addEventListener('close', () => this.#end());
  }

  /** @param url as Node prints it: `ws://127.0.0.1:port/id` */
  static connect(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(new Inspector(socket)));
      socket.addEventListener('error', () => reject(new Error(`no inspector at ${url}`)));
    });
  }

  /** What the process holds at the moment. */
  async look(): Promise<Inside> {
    const params = { expression: LOOK, returnByValue: true };
    const { result } = await this.#send('Runtime.evaluate', params);
    return result?.result?.value as Inside;
  }

  /** Collects all garbage, then looks. */
  async lookAfterCollection(): Promise<Inside & { readonly objects: Objects }> {
    for (let pass = 0; pass < COLLECTIONS; pass++) await this.#send('HeapProfiler.collectGarbage');
    return { ...(await this.look()), objects: await this.#countObjects() };
  }

  async #countObjects(): Promise<Objects> {
    const objectGroup = 'soak';
    const prototype = await this.#send('Runtime.evaluate', { expression: 'Object.prototype', objectGroup });
    const prototypeObjectId = prototype.result?.result?.objectId;
    const found = await this.#send('Runtime.queryObjects', { prototypeObjectId, objectGroup });
    const objectId = found.result?.objects?.objectId;
    const params = { objectId, functionDeclaration: COUNT, returnByValue: true };
    const counted = await this.#send('Runtime.callFunctionOn', params);
    await this.#send('Runtime.releaseObjectGroup', { objectGroup });
    return counted.result?.result?.value as Objects;
  }

  close(): void {
    this.#socket.close();
  }

  #send(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Message> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #take(message: Message): void {
    const waiting = this.#waiting.get(message.id ?? 0);
    this.#waiting.delete(message.id ?? 0);
    if (message.error === undefined) waiting?.resolve(message);
    else waiting?.reject(new Error(message.error.message));
  }

  #end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the inspected process has ended'));
    this.#waiting.clear();
  }
}
