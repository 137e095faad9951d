import { stringify } from 'yaml';
import type { AuthorizeParts } from '../../../src/authorize.js';
import { loadConfig } from '../../../src/config/load.js';
import type { Config } from '../../../src/config/schema.js';
import { createDecider } from '../../../src/decider.js';
import type { Decision } from '../../../src/domain/decision.js';
import type { AuthzRequest } from '../../../src/domain/request.js';
import { createEngine } from '../../../src/engine.js';
import type { Fetch } from '../../../src/http/bounded-get.js';
import { createEventLog } from '../../../src/observe/logger.js';
import { createMetrics } from '../../../src/observe/metrics.js';
import { createRecorder } from '../../../src/observe/recorder.js';
import { bearerOf, JWT_SECRET } from '../../bench/world/users.js';
import type { Drill } from '../drill.js';
import { PROTECTIONS, type ProtectionsName } from '../protections.js';
import { SERVER_URLS } from './network.js';
import type { Arrival } from './people.js';

/** One logged event. */
export interface LoggedEvent {
  /** Milliseconds from the start of the drill. */
  readonly at: number;
  readonly name: string;
  /** The line as it was written. */
  readonly line: string;
}

/** The sidecar without its listeners, and with the drill's network: the parts that `src/app.ts` puts together. */
export interface Sidecar {
  decide(arrival: Arrival): Promise<Decision>;
  /** Verifies the token of each user once, so that no request of the drill waits for that. */
  know(users: Iterable<string>): Promise<void>;
  readonly events: readonly LoggedEvent[];
  /** The series of ours with their values: `name{label="value"}`. */
  series(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

export interface SidecarOptions {
  readonly drill: Drill;
  readonly protections: ProtectionsName;
  readonly fetch: Fetch;
  readonly now: () => number;
  /** Breaks a rule, to see that the drill notices; left out, nothing is broken. */
  readonly broken?: (parts: AuthorizeParts) => AuthorizeParts;
}

const GATED = 'dissemination';
const UNGATED = 'members';

export async function createSidecar(options: SidecarOptions): Promise<Sidecar> {
  const { drill, protections, fetch, now, broken = (parts) => parts } = options;
  const settings = { config: await configOf(drill, protections), ca: null };
  const events: LoggedEvent[] = [];
  const service = { name: 'aviso-ecpds-authz', version: '0.0.0' };
  const log = createEventLog(service, settings.config.sidecar.log_level, 'json', {
    write: (line) => void events.push({ at: now(), name: eventName(line), line }),
  });
  const clock = { now: () => performance.now() };
  const metrics = createMetrics(service.version, {
    cacheSize: () => engine.ecpds?.checker.cacheSize() ?? 0,
    keyStates: () => engine.keys.states(),
    serverStates: () => engine.ecpds?.servers() ?? [],
    now: clock.now,
  });
  const observer = createRecorder(log, metrics);
  const connectEcpds = () => ({ fetch, close: async () => undefined });
  const engine = createEngine({ settings, observer, clock, previous: null, connectEcpds });
  metrics.gatedEventTypes.set(engine.gatedEventTypes);
  const parts = broken(engine.parts);
  const { decide } = createDecider(() => parts, observer);
  const tokens = new Map<string, string>();
  let requests = 0;
  const request = (user: string, eventType: string, destination: string): AuthzRequest => {
    const token = tokens.get(user) ?? bearerOf(user);
    tokens.set(user, token);
    requests += 1;
    return requestOf(`drill-${requests}`, token, eventType, destination);
  };
  return {
    events,
    decide: ({ user, destination }) => decide(request(user, GATED, destination)),
    async know(users) {
      await Promise.all([...users].map((user) => decide(request(user, UNGATED, ''))));
    },
    series: () => seriesOf(metrics.registry),
    stop: () => engine.close(null),
  };
}

const eventName = (line: string): string => /"event_name":"([^"]+)"/.exec(line)?.[1] ?? '';

async function seriesOf(registry: ReturnType<typeof createMetrics>['registry']) {
  const found = new Map<string, number>();
  for (const metric of await registry.getMetricsAsJSON()) {
    if (!metric.name.startsWith('aviso_')) continue;
    for (const value of metric.values) {
      const name = 'metricName' in value ? String(value.metricName) : metric.name;
      const labels = Object.entries(value.labels).map(([label, of]) => `${label}="${of}"`);
      if (!('le' in value.labels)) found.set(`${name}{${labels.join(',')}}`, value.value);
    }
  }
  return found;
}

const requestOf = (
  requestId: string,
  authorization: string,
  eventType: string,
  destination: string,
): AuthzRequest => ({
  transport: 'http',
  requestId,
  method: 'POST',
  target: '/api/v1/watch',
  authorization: [authorization],
  contentEncoding: null,
  partialBody: false,
  body: Buffer.from(JSON.stringify({ event_type: eventType, identifier: { destination } })),
  deadline: null,
  routeOperation: null,
  routeLabel: null,
});

/** What an operator would write; the rest is what is shipped. */
async function configOf(drill: Drill, protections: ProtectionsName): Promise<Config> {
  const identifier = { destination: { type: 'StringHandler', required: true } };
  const topic = { base: 'diss', key_order: ['destination'] };
  const document = {
    auth: { enabled: true, mode: 'trusted_proxy', jwt_secret: JWT_SECRET, admin_roles: { ops: ['admin'] } },
    ecpds: {
      username: 'aviso-service',
      password: 'of-the-drill',
      servers: SERVER_URLS,
      match_key: 'destination',
      partial_outage_policy: drill.policy,
    },
    notification_schema: {
      [GATED]: { topic, identifier, auth: { required: true, plugins: ['ecpds'] } },
      [UNGATED]: { topic, identifier, auth: { required: true } },
    },
    sidecar: { protections: PROTECTIONS[protections] },
  };
  const loaded = await loadConfig({ files: ['drill.yaml'], env: {}, readFile: () => stringify(document) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value.config;
}
