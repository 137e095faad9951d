import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { LRUCache } from 'lru-cache';
import { DestinationCache } from '../../../src/checker/cache.js';
import { EcpdsServer } from '../../../src/checker/ecpds-server.js';
import { Limiter } from '../../../src/checker/limiter.js';
import { NamePool } from '../../../src/checker/name-pool.js';
import { VerifiedTokens } from '../../../src/identity/verified-tokens.js';
import { DistinctUsers } from '../../../src/observe/distinct-users.js';
import { Tally } from '../../../src/observe/tally.js';
import type { Injector } from './injector.js';

// biome-ignore lint/suspicious/noExplicitAny: any method of any object
type Method = (this: any, ...args: any[]) => any;
type Wrapper = (real: () => unknown, args: readonly unknown[], self: Record<string, unknown>) => unknown;

/** Puts a fault's place into methods of the program's own classes, which no argument reaches; answers what takes it back. */
export async function patchAll(injector: Injector): Promise<() => void> {
  const { subtle } = webcrypto;
  const stream = await streamPrototype();
  const undo = [
    patch(DestinationCache.prototype, 'lookup', (real) => injector.value('cache.lookup', real)),
    patch(LRUCache.prototype, 'get', (real) => injector.value('lru.get', real)),
    patch(LRUCache.prototype, 'set', (real) => injector.value('lru.set', real)),
    patch(Limiter.prototype, 'run', (real) => injector.promise('limiter.run', real)),
    patch(EcpdsServer.prototype, 'ask', (real) => injector.promise('server.ask', real)),
    patch(NamePool.prototype, 'list', (real) => injector.value('pool.list', real)),
    patch(VerifiedTokens.prototype, 'recall', (real) => injector.value('tokens.recall', real)),
    patch(VerifiedTokens.prototype, 'remember', (real) => injector.value('tokens.remember', real)),
    patch(Tally.prototype, 'inc', (real) => injector.value('tally.inc', real)),
    patch(DistinctUsers.prototype, 'add', (real) => injector.value('users.add', real)),
    patch(ServerResponse.prototype, 'writeHead', (real) => injector.value('http.writeHead', real)),
    patch(IncomingMessage.prototype, 'emit', (real, [event], { method }) =>
      event === 'end' && typeof method === 'string' ? repeated(injector.times('http.bodyEnd'), real) : real(),
    ),
    patch(stream, 'respond', (real) => injector.value('grpc.respond', real)),
    patch(stream, 'emit', (real, [event]) =>
      event === 'end' ? repeated(injector.times('grpc.bodyEnd'), real) : real(),
    ),
    patch(subtle, 'verify', (real) => injector.promise('crypto.verify', real)),
    patch(subtle, 'importKey', (real) => injector.promise('crypto.importKey', real)),
  ];
  return () => {
    for (const back of undo) back();
  };
}

/** Node keeps the class of a server's streams to itself; one of them shows it. */
async function streamPrototype(): Promise<object> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const asked = client.request().on('error', () => undefined);
  const [stream] = await once(server, 'stream');
  const prototype: object = Object.getPrototypeOf(stream);
  stream.respond({}, { endStream: true });
  asked.resume();
  client.close();
  await once(client, 'close');
  server.close();
  return prototype;
}

/** Calls once, or twice. */
function repeated<T>(times: number, call: () => T): T {
  const first = call();
  if (times > 1) call();
  return first;
}

function patch(object: object, name: string, wrapper: Wrapper): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  const real = Reflect.get(object, name) as Method;
  const value: Method = function (...args) {
    return wrapper(() => real.apply(this, args), args, this);
  };
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(object, name);
    else Object.defineProperty(object, name, before);
  };
}
