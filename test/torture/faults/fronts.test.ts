import t from 'tap';
import { send } from '../../contract/client.js';
import { missingFor, startFront, type TransportName } from '../../contract/fronts.js';
import { bodyFor } from '../../helpers/authz.js';
import { bearer } from '../../helpers/tokens.js';
import type { Fault } from './fault.js';
import type { PointName } from './points.js';
import { startWorld } from './world.js';

/** What is broken, and what a client behind a real proxy is to see of it. */
const CASES: readonly (readonly [PointName, Fault, number])[] = [
  ['authorize.check', { kind: 'throws', value: 'error' }, 500],
  ['authorize.check', { kind: 'gives', value: 'allow' }, 500],
  ['authorize.resolve', { kind: 'rejects', value: 'nothing' }, 500],
  ['ecpds.fetch', { kind: 'rejects', value: 'error' }, 503],
  ['ecpds.fetch', { kind: 'hangs' }, 503],
  ['ecpds.body', { kind: 'hangs' }, 503],
  ['log.write', { kind: 'throws', value: 'error' }, 200],
  ['tracer.begin', { kind: 'throws', value: 'error' }, 200],
  ['http.bodyEnd', { kind: 'twice' }, 200],
  ['grpc.bodyEnd', { kind: 'twice' }, 200],
];
/** Answers that cannot be sent at all: a proxy has none, and that is 503 to its client. */
const UNSENT: Readonly<Record<TransportName, readonly PointName[]>> = {
  http: [],
  envoy_http: [],
  envoy_grpc: ['grpc.respond'],
  nginx: [],
};

for (const transport of ['envoy_http', 'envoy_grpc', 'nginx'] as const) {
  t.test(
    `a client behind ${transport} sees what the fault means`,
    { skip: await missingFor(transport) },
    async (t) => {
      const world = await startWorld('trusted_proxy');
      const front = await startFront(transport, { port: world.httpPort, grpcPort: world.grpcPort });
      t.teardown(async () => {
        await front.close();
        await world.close();
      });
      let users = 0;
      const ask = async (destination = 'CIP') => {
        const authorization = [bearer({ username: `reader-${users}` })];
        const body = Buffer.from(bodyFor('dissemination', destination));
        return (await send({ name: '', authorization, body, expect: { status: 0 } }, front.port)).status;
      };
      const unsent = UNSENT[transport].map(
        (point) => [point, { kind: 'throws', value: 'error' }, 503] as const,
      );
      for (const [point, fault, status] of [...CASES, ...unsent]) {
        users += 1;
        world.injector.arm(point, fault);
        t.equal(await ask(), status, `${point} ${fault.kind}`);
        world.injector.disarm();
        t.same([await ask(), await ask('BAR')], [200, 403], `${point} ${fault.kind}: the next ones`);
      }
    },
  );
}
