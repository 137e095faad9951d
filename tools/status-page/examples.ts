import { CHECK_OUTCOME_LABELS, type CheckOutcome } from '../../src/domain/check-outcome.js';
import { FETCH_OUTCOME_LABELS, type FetchOutcomeLabel } from '../../src/domain/fetch-outcome.js';
import type { Diagnosis } from '../../src/triage/diagnosis.js';
import { FETCH_CAUSES } from '../../src/triage/fetch-causes.js';
import { prose } from '../../src/triage/prose.js';
import type { Activity, Situation, Step } from '../../src/triage/situation.js';
import { linkTo } from '../../src/triage/symptom.js';
import { SYMPTOMS } from '../../src/triage/symptoms.js';

/** What a page is made from. */
export interface Example {
  readonly diagnosis: Diagnosis;
  readonly situation: Situation;
}

const AT = '2026-11-25T02:57:10.000Z';
const STEP_SECONDS = 10;
const STEPS = 90;

function eachOf<Key extends string>(
  keys: readonly Key[],
  count: (key: Key, index: number) => number,
): Record<Key, number> {
  const counts = {} as Record<Key, number>;
  keys.forEach((key, index) => {
    counts[key] = count(key, index);
  });
  return counts;
}

export const decisions = (counts: Partial<Record<CheckOutcome, number>>): Record<CheckOutcome, number> =>
  eachOf(CHECK_OUTCOME_LABELS, (label) => counts[label] ?? 0);
export const fetches = (
  counts: Partial<Record<FetchOutcomeLabel, number>>,
): Record<FetchOutcomeLabel, number> => eachOf(FETCH_OUTCOME_LABELS, (label) => counts[label] ?? 0);

/** Nothing happened in so many seconds. */
export const idle = (seconds: number): Activity => ({
  seconds,
  decisions: decisions({}),
  fetches: fetches({}),
  cacheHits: 0,
  cacheMisses: 0,
  authRequests: {},
  statuses: {},
  rejectedFetches: 0,
  skippedRecords: 0,
  revokedGrants: 0,
  reloadFailures: 0,
  droppedLogLines: 0,
  backgroundErrors: 0,
  slowDecisions: 0,
});

/** The end of a step, counted from the oldest. */
const endOf = (index: number): string =>
  new Date(Date.parse(AT) - (STEPS - 1 - index) * STEP_SECONDS * 1000).toISOString();

const history = (of: (index: number) => Partial<Activity>): Step[] =>
  Array.from({ length: STEPS }, (_, index) => ({ ...idle(STEP_SECONDS), ...of(index), at: endOf(index) }));

const LATELY = 300 / STEP_SECONDS;

/** The last five minutes of a history, as far as it is one of charts. */
function latelyIn(steps: readonly Step[]): Activity {
  const last = steps.slice(-LATELY);
  const all = (of: (step: Step) => number): number => last.reduce((sum, step) => sum + of(step), 0);
  return {
    ...idle(300),
    decisions: decisions(eachOf(CHECK_OUTCOME_LABELS, (label) => all((step) => step.decisions[label]))),
    fetches: fetches(eachOf(FETCH_OUTCOME_LABELS, (label) => all((step) => step.fetches[label]))),
    cacheHits: all(({ cacheHits }) => cacheHits),
    cacheMisses: all(({ cacheMisses }) => cacheMisses),
  };
}

/** Waves of requests that are the same at each run. */
const wave = (index: number, around: number): number =>
  Math.max(0, Math.round(around * (1 + 0.45 * Math.sin(index / 7) + 0.25 * Math.sin(index * 1.9))));

const CONFIGURATION = {
  auth: {
    enabled: true,
    mode: 'trusted_proxy',
    auth_o_tron_url: '',
    jwt_secret: '[redacted]',
    timeout_ms: 5000,
    admin_roles: { ecmwf: ['aviso-admin'] },
  },
  ecpds: {
    username: 'aviso-service',
    password: '[redacted]',
    servers: ['https://ecpds-1.example.int/', 'https://ecpds-2.example.int/'],
    match_key: 'destination',
    target_field: 'name',
    cache_ttl_seconds: 300,
    max_entries: 10000,
    request_timeout_seconds: 30,
    connect_timeout_seconds: 5,
    partial_outage_policy: 'strict',
  },
  notification_schema: {
    dissemination: { required: true, read_roles: null, gated: true, match_rule: { type: 'StringHandler' } },
  },
  notification_schema_strict: true,
  sidecar: {
    http: { host: '127.0.0.1', port: 9002 },
    grpc: { host: '127.0.0.1', port: 9003 },
    admin: { host: '127.0.0.1', port: 9464 },
    log_level: 'info',
    log_format: 'json',
    drain_seconds: 5,
    protections: {
      circuit_breaker: { failures: 5, open_seconds: 30 },
      max_concurrent_fetches: 64,
      max_queued_fetches: 10000,
      ttl_jitter: 0.1,
    },
  },
};

const SERVER = { failure: null, circuitOpen: false, inFlight: 0, queued: 0 } as const;
const PROVIDER = {
  required: true,
  state: 'fresh',
  keys: 2,
  ageSeconds: 1312,
  lastOutcome: 'success',
  lastError: null,
} as const;

const HEALTHY_HISTORY = history((index) => ({
  decisions: decisions({
    allow: wave(index, 6),
    admin_bypass: index % 23 === 4 ? 1 : 0,
    deny_destination: index % 9 === 2 ? 1 : 0,
  }),
  fetches: fetches({ success: index % 3 === 1 ? 1 : 0 }),
  cacheHits: wave(index, 6) + (index % 9 === 2 ? 1 : 0) - (index % 3 === 1 ? 1 : 0),
  cacheMisses: index % 3 === 1 ? 1 : 0,
}));

/** Some traffic, and all is well. */
export const HEALTHY: Example = {
  diagnosis: {
    verdict: 'healthy',
    summary: 'Nothing of the runbook is there: 155 checks in five minutes, all of them with a verdict.',
    findings: [],
    figures: [
      '155 checks in 5 minutes: 151 allowed, 3 not on the list, 1 by an admin',
      '10 fetches from ECPDS, none failed',
      '94 % of the lookups were answered from the cache',
    ],
  },
  situation: {
    at: AT,
    version: '0.1.0',
    hostname: 'aviso-authz-7c9d5',
    uptimeSeconds: 93_784,
    readiness: { ready: true, reason: null },
    gatedEventTypes: 1,
    recent: {
      ...latelyIn(HEALTHY_HISTORY),
      authRequests: { 'trusted_proxy success': 155, 'trusted_proxy unauthorized': 2 },
      statuses: { '200': 152, '401': 2, '403': 3 },
    },
    history: HEALTHY_HISTORY,
    servers: [
      { ...SERVER, index: 0, server: 'https://ecpds-1.example.int/', inFlight: 1 },
      { ...SERVER, index: 1, server: 'https://ecpds-2.example.int/', inFlight: 1 },
    ],
    providers: [
      { ...PROVIDER, provider: 'Gitlab' },
      { ...PROVIDER, provider: 'ECMWF IAM', keys: 1, ageSeconds: 2_790 },
    ],
    cache: { size: 412, maxEntries: 10_000, ttlSeconds: 300 },
    distinctUsers: decisions({ allow: 61, deny_destination: 2, admin_bypass: 1 }),
    configuration: CONFIGURATION,
  },
};

const NO_VERDICT = SYMPTOMS.find(({ id }) => id === 'no_verdict');
const KEYS = SYMPTOMS.find(({ id }) => id === 'keys');
const sectionOf = (symptom: typeof KEYS): string => (symptom === undefined ? '' : linkTo(symptom.section));
const SINCE = 58;

const TROUBLE_HISTORY = history((index) => {
  const all = wave(index, 6);
  const failed = index < SINCE ? 0 : Math.min(all, Math.round(((index - SINCE) / 12) * all));
  const denied = index < SINCE && index % 9 === 2 ? 1 : 0;
  const missed = index < SINCE ? (index % 3 === 1 ? 1 : 0) : failed;
  return {
    decisions: decisions({
      allow: all - failed,
      unavailable: failed,
      deny_destination: denied,
    }),
    fetches: fetches(index < SINCE ? { success: missed } : { unreachable: missed }),
    cacheHits: all + denied - missed,
    cacheMisses: missed,
  };
});

/** One of two ECPDS servers cannot be reached, and old keys of a provider are kept. */
export const TROUBLE: Example = {
  diagnosis: {
    verdict: 'trouble',
    summary: 'Many users get 503: ECPDS server 1 (ecpds-2.example.int) cannot be reached since 02:51:50.',
    findings: [
      {
        symptom: 'no_verdict',
        title: NO_VERDICT?.section.title ?? '',
        section: sectionOf(NO_VERDICT),
        cause: 'network',
        wrong: prose`ECPDS server 1, https://ecpds-2.example.int/, is unreachable for 5 min 20 s: ${FETCH_CAUSES.Unreachable.wrong}`,
        evidence: [
          '118 of 151 checks in 5 minutes had no verdict',
          'the outcome of most fetches: unreachable (118 of 118)',
          'its last error: connect ECONNREFUSED 192.0.2.17:443',
          '47 distinct users got 503',
        ],
        users: 'many',
        next: NO_VERDICT?.byOutcome?.Unreachable.next ?? '',
      },
      {
        symptom: 'keys',
        title: KEYS?.section.title ?? '',
        section: sectionOf(KEYS),
        cause: 'upstream',
        wrong: 'Keys of ECMWF IAM could not be refreshed; the old ones, 2 h 5 min old, are in use.',
        evidence: ['its last attempt: http_5xx, the provider answered 502'],
        users: null,
        next: KEYS?.next ?? '',
      },
    ],
    figures: [],
  },
  situation: {
    ...HEALTHY.situation,
    recent: {
      ...latelyIn(TROUBLE_HISTORY),
      authRequests: { 'trusted_proxy success': 151 },
      statuses: { '200': 33, '503': 118 },
      revokedGrants: 1,
      slowDecisions: 3,
    },
    pending: { refusedForSeconds: null, needRestart: ['sidecar.tracing'] },
    history: TROUBLE_HISTORY,
    servers: [
      { ...SERVER, index: 0, server: 'https://ecpds-1.example.int/', inFlight: 3 },
      {
        index: 1,
        server: 'https://ecpds-2.example.int/',
        failure: { outcome: 'unreachable', error: 'connect ECONNREFUSED 192.0.2.17:443', forSeconds: 320 },
        circuitOpen: true,
        inFlight: 0,
        queued: 12,
      },
    ],
    providers: [
      { ...PROVIDER, provider: 'Gitlab' },
      {
        ...PROVIDER,
        provider: 'ECMWF IAM',
        state: 'old',
        ageSeconds: 7_512,
        lastOutcome: 'http_5xx',
        lastError: 'the provider answered 502',
      },
    ],
    distinctUsers: decisions({ allow: 9, unavailable: 47 }),
  },
};

/** A process that has just started, gates nothing and was asked nothing. */
export const EMPTY: Example = {
  diagnosis: { verdict: 'healthy', summary: 'Nothing was asked yet.', findings: [], figures: [] },
  situation: {
    ...HEALTHY.situation,
    uptimeSeconds: 4,
    readiness: { ready: false, reason: 'the listeners are not bound yet' },
    gatedEventTypes: 0,
    recent: idle(4),
    history: [],
    servers: [],
    providers: [],
    cache: { size: 0, maxEntries: 10_000, ttlSeconds: 300 },
    distinctUsers: decisions({}),
    configuration: {},
  },
};

/** All outcomes in all steps: as large as a page becomes. */
export const FULL: Example = {
  diagnosis: TROUBLE.diagnosis,
  situation: {
    ...TROUBLE.situation,
    history: history((index) => ({
      decisions: eachOf(CHECK_OUTCOME_LABELS, (_, at) => wave(index + at, 900)),
      fetches: eachOf(FETCH_OUTCOME_LABELS, (_, at) => wave(index + at, 900)),
      cacheHits: wave(index, 900),
      cacheMisses: wave(index + 3, 900),
    })),
  },
};
