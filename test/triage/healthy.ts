import type { Activity, ProviderView, ServerView, Situation, Step } from '../../src/triage/situation.js';
import { decisions, fetches, idle } from '../../tools/status-page/examples.js';

export const AT = '2026-11-25T12:00:00.000Z';

/** What happened, over nothing. */
export interface Happened extends Partial<Omit<Activity, 'decisions' | 'fetches'>> {
  readonly decisions?: Partial<Activity['decisions']>;
  readonly fetches?: Partial<Activity['fetches']>;
}

export const activity = (happened: Happened): Activity => ({
  ...idle(300),
  ...happened,
  decisions: decisions(happened.decisions ?? {}),
  fetches: fetches(happened.fetches ?? {}),
});

/** A step that ended so many seconds ago. */
export const step = (happened: Happened, endedAgo = 0): Step => ({
  ...activity({ seconds: 10, ...happened }),
  at: new Date(Date.parse(AT) - endedAgo * 1000).toISOString(),
});

export const server = (index: number, parts: Partial<ServerView> = {}): ServerView => ({
  index,
  server: `https://ecpds-${index}.example.int/`,
  failure: null,
  circuitOpen: false,
  inFlight: 0,
  queued: 0,
  ...parts,
});

export const provider = (parts: Partial<ProviderView> = {}): ProviderView => ({
  provider: 'Gitlab',
  required: true,
  state: 'fresh',
  keys: 2,
  ageSeconds: 40,
  lastOutcome: 'success',
  lastError: null,
  ...parts,
});

const TRAFFIC: Happened = {
  decisions: { allow: 40, admin_bypass: 1 },
  fetches: { success: 8 },
  cacheHits: 32,
  cacheMisses: 8,
  authRequests: { 'trusted_proxy success': 41 },
  statuses: { '200': 43 },
};

/** A process by day with nothing wrong, and what is to be laid over it. */
export function healthy(parts: Partial<Situation> = {}): Situation {
  return {
    at: AT,
    version: '1.2.3',
    hostname: 'authz-0',
    uptimeSeconds: 7_300,
    readiness: { ready: true, reason: null },
    gatedEventTypes: 1,
    recent: activity(TRAFFIC),
    history: [step(TRAFFIC, 100)],
    servers: [server(0), server(1)],
    providers: [provider()],
    cache: { size: 20, maxEntries: 1_000, ttlSeconds: 300 },
    distinctUsers: decisions({ allow: 12, admin_bypass: 1 }),
    configuration: {
      auth: { auth_o_tron_url: 'http://auth-o-tron:8080/' },
      ecpds: { partial_outage_policy: 'strict' },
      notification_schema: { open: { gated: false }, dissemination: { gated: true } },
      sidecar: { admin: { host: '127.0.0.1', port: 9464 } },
    },
    configurationFiles: ['/etc/aviso/config.yaml', '/etc/aviso/authz.yaml'],
    ...parts,
  };
}

/** The same, with this on top of its traffic, a moment ago. */
export function happened(more: Happened, parts: Partial<Situation> = {}): Situation {
  const both: Happened = {
    ...TRAFFIC,
    ...more,
    decisions: { ...TRAFFIC.decisions, ...more.decisions },
    fetches: { ...TRAFFIC.fetches, ...more.fetches },
    authRequests: { ...TRAFFIC.authRequests, ...more.authRequests },
    statuses: { ...TRAFFIC.statuses, ...more.statuses },
  };
  return healthy({ recent: activity(both), history: [step(TRAFFIC, 100), step(more)], ...parts });
}

/** Nothing but this happened: a quiet site. */
export const only = (what: Happened, parts: Partial<Situation> = {}): Situation =>
  healthy({ recent: activity(what), history: [step(what)], ...parts });
