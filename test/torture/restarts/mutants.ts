import type { Mutant } from '../mutants/mutant.js';

const caughtBy = 'restarts';

export const RESTARTS_MUTANTS: readonly Mutant[] = [
  {
    name: 'the drain is over at once',
    file: 'src/app.js',
    find: 'await drain(drainSecondsOf(running) * 1000);',
    replace: 'await drain(0);',
    caughtBy,
  },
  {
    name: 'a draining sidecar says that it is ready',
    file: 'src/app.js',
    find: "phase === 'running' ? look()",
    replace: "phase !== 'starting' ? look()",
    caughtBy,
  },
  {
    name: 'the goodbye of gRPC names the last stream at once',
    file: 'src/grpc/goodbye.js',
    find: 'socket.write(NOTICE);\n    await roundTrip(session);',
    replace: '',
    caughtBy,
  },
  {
    name: 'the sidecar closes idle connections before Envoy does',
    file: 'src/transport/http-listener.js',
    find: 'keepAliveTimeout: 65 * 60 * 1000',
    replace: 'keepAliveTimeout: 200',
    caughtBy,
  },
  {
    name: 'SIGTERM is not heard',
    file: 'src/cli/serve.js',
    find: "skip: ['SIGHUP', 'beforeExit']",
    replace: "skip: ['SIGHUP', 'SIGTERM', 'beforeExit']",
    caughtBy,
  },
  {
    name: 'a draining sidecar refuses',
    file: 'src/transport/http-listener.js',
    find: 'begin() {',
    replace: 'begin() {\n        if (this.options.isDraining()) return void this.response.destroy();',
    caughtBy,
  },
];
