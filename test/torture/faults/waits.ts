import type { PointName } from './points.js';

/** Why a place needs no point of its own. */
type Reason = `because ${string}`;
/** By a part of its line, which stands in no other line of the file that waits: the point that breaks it, or a reason. */
type Places = Readonly<Record<string, PointName | Reason>>;

const TIMER: Reason = 'because a timer of Node calls back once, and what it calls is a point or a value';
const OURS: Reason = 'because what is waited for are places of this table';
const EVENT: Reason = 'because it only puts an end to a connection or a timer';
const COUNTERS: Reason =
  'because it reads counters in memory; a bug in one is the answer 500 of /status, or counted';
const OPERATORS: Reason =
  'because it is bounded by a Deadline of its own, and a bug in it is 500 to the operator who asked';
const START: Reason = 'because nothing is served before; whatever rejects ends the start';
const END: Reason =
  'because each step of stopping is apart from the others, and the process ends after its grace in any case';
const FILES: Reason =
  'because a file that cannot be read is a problem of the configuration, and the old one stays';
const KEYS: Reason =
  'because a set that is not had costs its own provider: the attempt ends by its limit of time, and any fault is one that failed';

/** Every place in the sources where the program waits for something or is called back, on the way of a request or behind it. */
export const WAITS: Readonly<Record<string, Places | Reason>> = {
  'app.ts': {
    'await Promise.all([': END,
    'closing(core, () => running.engine.close(null))': END,
    'closing(core, async () => running.tracing?.stop())': END,
    'await close();': END,
    'await log.finish()': 'because the output answers within a second: test/cli/serve-stalled-log.test.ts',
    'setTimeout(close': TIMER,
    'await startTracing(': START,
    'await listenOn(http': START,
    'await listenOn(grpc': START,
    'await listenOn(admin': START,
    'await drain(': END,
    'await stop();': END,
    "await import('./tracing": START,
  },
  'authorize.ts': {
    'await resolving': 'authorize.resolve',
    'await passed': 'authorize.check',
    'resolved, TOO_LATE).then': 'authorize.resolve',
    'verdict, null).then': 'authorize.check',
  },
  'checker/cache.ts': {
    'this.#fill(startedAt, fetch, keep).finally': 'server.ask',
    'pending.catch(() => undefined)': 'because it only marks a rejection as seen',
    'Promise.resolve().then(fetch)': 'server.ask',
  },
  'checker/checker.ts': {
    'lookup.pending).then((result)': 'server.ask',
    'pending.catch((cause': 'server.ask',
  },
  'checker/circuit.ts': {
    'setTimeout(() => void this.#probe()': TIMER,
    'await this.#actions.probe(':
      'because a probe that fails in any way leaves the circuit open and is followed by the next',
  },
  'checker/deadline.ts': {
    'new Promise((resolve) => {': TIMER,
    'setTimeout(() => {': TIMER,
    'Promise.race([value, this.#passed.then': TIMER,
  },
  'checker/ecpds-server.ts': {
    'new Promise((resolve, reject)': 'limiter.run',
    'ask(answered).then(': 'limiter.run',
    'await this.#get(settings, context': 'ecpds.fetch',
    'await askServer(': 'ecpds.fetch',
    'await this.#limiter.run(': 'because it is the probe of a circuit, see checker/circuit.ts',
  },
  'checker/explain.ts': OPERATORS,
  'checker/fetcher.ts': { 'await Promise.all(servers.map': 'server.ask' },
  'checker/recheck.ts': OPERATORS,
  'checker/refresh-ahead.ts': { 'await pending': 'server.ask' },
  'checker/server.ts': { 'await boundedGet(': 'ecpds.fetch' },
  'cli/file-marks.ts': FILES,
  'cli/reloader.ts':
    'because whatever an attempt throws is counted, and the next change is tried all the same',
  'cli/serve.ts': {
    'await loadForCommand(': START,
    'await markOf(path)': FILES,
    'await bound(app': START,
    'await app.drainAndStop()': END,
    'await app.start()': START,
    "process.on('SIGHUP'": OURS,
  },
  'config/files.ts': FILES,
  'config/load.ts': FILES,
  'config/secrets.ts': FILES,
  'decider.ts': { 'await decideOrFail(': OURS, 'await authorize(': OURS },
  'domain/in-time.ts': {
    'new Promise<L>(': TIMER,
    'setTimeout(resolve': TIMER,
    'await Promise.race(': OURS,
  },
  'drain.ts': TIMER,
  'engine.ts': {
    'await keys.close(': END,
    'await auth?.client?.close()': END,
    'await ecpds?.lists.client.close()': END,
  },
  'grpc/goodbye.ts': END,
  'grpc/peer.ts': END,
  'grpc/server.ts': {
    "server.on('stream'": 'grpc.bodyEnd',
    "stream.once('close'": 'because it counts',
    'new Promise<void>((resolve)': END,
    'await Promise.all([closed': END,
    "stream.on('error'": EVENT,
  },
  'grpc/sessions.ts': EVENT,
  'grpc/unary.ts': {
    'const timer = setTimeout(': TIMER,
    "stream.once('close'": EVENT,
    "stream.on('error'": EVENT,
    "stream.on('data'": 'because a message of any pieces is one: test/grpc/unary.test.ts',
    "stream.on('end'": 'grpc.bodyEnd',
    'handled(method, message, metadata).then': 'grpc.respond',
    "stream.once('wantTrailers'": 'because the answer has been handed over by then, and Node asks once',
    'setImmediate(': TIMER,
  },
  'http/client.ts': { 'await request(': 'ecpds.fetch' },
  'http/decoded.ts': EVENT,
  'http/bounded-get.ts': {
    'orPassed(fetch(': 'ecpds.fetch',
    'orPassed(readAtMost(': 'ecpds.body',
    'new Promise<never>(': TIMER,
    'setTimeout(() => {': TIMER,
    'for await (const chunk': 'ecpds.body',
  },
  'identity/auth-o-tron.ts': { 'await boundedGet(': 'auth_o_tron.fetch', 'await verify(': 'crypto.verify' },
  'identity/jwks/fetch-keys.ts': KEYS,
  'identity/jwks/key-set.ts': KEYS,
  'identity/jwks/key.ts': KEYS,
  'identity/jwks/refresher.ts': { 'setTimeout(run': TIMER },
  'identity/jwks/resolver.ts': { 'await keys.verify(': 'authorize.resolve' },
  'identity/jwks/slot.ts': {
    'this.refresh(this.#jwksUri).then': KEYS,
    'await inTime(remainingMs': KEYS,
    'this.#attempt(known).finally': KEYS,
    'await fetch(known).catch': KEYS,
  },
  'identity/jwks/verifier.ts': {
    'await slot.keyFor(': 'authorize.resolve',
    'await isSignedWith(': 'crypto.verify',
    'await compactVerify(': 'crypto.verify',
  },
  'identity/shared-secret.ts': {
    'await readSigned(': 'crypto.verify',
    'await importHmacKey(': 'crypto.importKey',
    'await isSignedWith(': 'crypto.verify',
    'verified.then(resolutionOf)': 'crypto.verify',
    'await compactVerify(': 'crypto.verify',
  },
  'key-providers.ts': { 'await Promise.all(retired': END },
  'net/bind.ts': START,
  'net/stalled-peers.ts': EVENT,
  'net/unheard.ts': EVENT,
  'observe/connection-reports.ts': 'because it counts, and says so after a while',
  'observe/history.ts': COUNTERS,
  'observe/log-output.ts': {
    'setImmediate(': TIMER,
    "stream.on('drop'": 'because it counts',
    "stream.on('error'": 'because it stops the process: decisions that nobody can look up are not made',
    'ended(stream).then': END,
    'new Promise((resolve)': END,
    'setTimeout(() => {': TIMER,
    "stream.once('close'": END,
  },
  'observe/totals.ts': COUNTERS,
  'situation.ts': COUNTERS,
  'tracing/tracing.ts': END,
  'transport/envoy-grpc/check.ts': { 'await options.decide(': OURS, 'await answered(': OURS },
  'transport/http-body.ts': {
    "message.on('data'": 'because a body of any pieces is one: test/transport/http-body.test.ts',
    "message.on('end'": 'http.bodyEnd',
    "message.on('error'": EVENT,
    "message.on('close'": EVENT,
  },
  'transport/http-listener.ts': {
    "server.on('clientError'":
      'because whatever fails in it ends that socket: test/transport/http-listener-faults.test.ts',
    "server.on('checkExpectation'": 'http.bodyEnd',
    "server.on('connect'":
      'because whatever fails in it ends that socket: test/transport/http-listener-faults.test.ts',
    'new Promise((resolve) => {': END,
    'this.options.decide(request).then(': 'http.writeHead',
  },
  'transport/listen.ts': START,
  'transport/ops/explain.ts': OPERATORS,
  'transport/ops/few-at-once.ts': OPERATORS,
  'transport/ops/guarded-post.ts': OPERATORS,
  'transport/ops/recheck.ts': OPERATORS,
  'transport/ops/route.ts': COUNTERS,
  'transport/ops/status.ts': COUNTERS,
};

/** Sources that no running sidecar waits in: commands, the demo, generated messages. */
export const ELSEWHERE =
  /^(main\.ts$|demo\/|doctor\/|grpc\/gen\/|cli\/(?!(?:serve|reloader|file-marks)\.ts$))/;
