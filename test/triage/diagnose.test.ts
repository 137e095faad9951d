import t from 'tap';
import { FETCH_FAILURES } from '../../src/domain/fetch-outcome.js';
import { KEY_FETCH_OUTCOMES } from '../../src/domain/key-state.js';
import { diagnose as diagnosed, RULES } from '../../src/triage/diagnose.js';
import type { Diagnosis, Finding } from '../../src/triage/diagnosis.js';
import { ERROR_MEANINGS, meaningOf } from '../../src/triage/error-meanings.js';
import { FETCH_CAUSES } from '../../src/triage/fetch-causes.js';
import { KEY_CAUSES } from '../../src/triage/key-causes.js';
import type { Situation } from '../../src/triage/situation.js';
import { SYMPTOM_IDS, type SymptomId } from '../../src/triage/symptom.js';
import { SYMPTOMS } from '../../src/triage/symptoms.js';
import { STORMS } from '../../src/triage/thresholds.js';
import { anchors, page } from '../docs/pages.js';
import { happened, healthy, only, provider, server, step } from './healthy.js';

/** As `/status.json` has it: sentences are texts, with code in backticks. */
interface Told extends Finding {
  readonly wrong: string;
  readonly evidence: readonly string[];
}
interface Report extends Diagnosis {
  readonly summary: string;
  readonly findings: readonly Told[];
}
const diagnose = (situation: Situation): Report => JSON.parse(JSON.stringify(diagnosed(situation)));

const failing = { outcome: 'http_401', error: 'HTTP 401', forSeconds: 12 } as const;
const users = (parts: Partial<Situation['distinctUsers']>): Partial<Situation> => ({
  distinctUsers: { ...healthy().distinctUsers, ...parts },
});
/** Misses of fifteen minutes, in a process that is old enough, with a full cache. */
const misses = (cacheMisses: number, cacheHits: number, parts: Partial<Situation> = {}): Situation =>
  healthy({
    history: [step({ cacheMisses, cacheHits }, 500)],
    cache: { size: 960, maxEntries: 1_000, ttlSeconds: 300 },
    ...parts,
  });
const passes = (count: number, more = {}): Situation =>
  only({ statuses: { '200': count }, ...more }, { uptimeSeconds: 3_600 });

interface Case {
  /** The symptom is there, from the least that shows it on. */
  readonly shows: readonly Situation[];
  /** Nearly, but not there. */
  readonly misses: readonly Situation[];
}

const CASES: Readonly<Record<SymptomId, Case | null>> = {
  no_verdict: {
    shows: [
      only({ decisions: { unavailable: 1 }, fetches: { unreachable: 1 }, statuses: { '503': 1 } }),
      healthy({ servers: [server(0), server(1, { failure: failing })] }),
      healthy({ servers: [server(0, { circuitOpen: true })] }),
      happened({ rejectedFetches: 1 }),
      happened({ decisions: { unavailable: 1 } }, { servers: [server(0, { inFlight: 1 })] }),
    ],
    misses: [
      happened({ authRequests: { 'jwks service_unavailable': 1 }, statuses: { '503': 1 } }),
      happened({ fetches: { success: 90 } }),
      happened(
        { decisions: { unavailable: 3 }, fetches: { http_401: 3 } },
        {
          history: [step({ decisions: { unavailable: 3 }, fetches: { http_401: 3 } }, 90), step({})],
        },
      ),
    ],
  },
  auth_o_tron: {
    shows: [
      only({ authRequests: { 'direct service_unavailable': 1 }, statuses: { '503': 1 } }),
      happened({ authRequests: { 'direct service_unavailable': 1, 'direct success': 5 } }),
    ],
    misses: [
      happened({ authRequests: { 'jwks service_unavailable': 1 } }),
      happened(
        { authRequests: { 'direct service_unavailable': 5, 'direct success': 5 } },
        {
          history: [
            step({ authRequests: { 'direct service_unavailable': 5 } }, 90),
            step({ authRequests: { 'direct success': 5 } }),
          ],
        },
      ),
    ],
  },
  no_answer: {
    shows: [
      healthy({ readiness: { ready: false, reason: 'draining' } }),
      healthy({ readiness: { ready: false, reason: 'starting' } }),
    ],
    misses: [healthy({ readiness: { ready: false, reason: 'keys' } })],
  },
  not_on_the_list: {
    shows: [
      only({ decisions: { deny_destination: 1 }, statuses: { '403': 1 } }, users({ deny_destination: 1 })),
      happened({ decisions: { deny_destination: 1 } }),
      happened({ skippedRecords: 1 }),
    ],
    misses: [happened({ decisions: { deny_match_key_missing: 1 } }), happened({ revokedGrants: 1 })],
  },
  match_key_missing: {
    shows: [happened({ decisions: { deny_match_key_missing: 1 }, statuses: { '403': 1 } })],
    misses: [happened({ decisions: { deny_destination: 1 }, statuses: { '403': 1 } })],
  },
  forbidden_by_role: {
    shows: [
      happened({ statuses: { '403': 1 } }),
      happened({ statuses: { '403': 3 }, decisions: { deny_destination: 1, deny_match_key_missing: 1 } }),
    ],
    misses: [
      happened({ statuses: { '403': 2 }, decisions: { deny_destination: 1, deny_match_key_missing: 1 } }),
    ],
  },
  unauthorized: {
    shows: [
      only({ authRequests: { 'trusted_proxy unauthorized': 1 }, statuses: { '401': 1 } }),
      happened({ authRequests: { 'jwks unauthorized': 10 } }),
    ],
    misses: [
      happened({ authRequests: { 'jwks unauthorized': 9 } }),
      happened({ authRequests: { 'jwks unauthorized': 10, 'jwks success': 90 } }),
      only({ statuses: { '401': 5 } }),
    ],
  },
  invalid_requests: {
    shows: [only({ statuses: { '400': 1 } }), happened({ statuses: { '400': 5, '413': 5 } })],
    misses: [happened({ statuses: { '400': 4, '413': 5 } }), happened({ statuses: { '401': 40 } })],
  },
  internal_error: {
    shows: [
      happened({ decisions: { error: 1 }, statuses: { '500': 1 } }),
      happened({ statuses: { '500': 1 } }),
      happened({ backgroundErrors: 1 }),
    ],
    misses: [happened({ statuses: { '503': 1 } })],
  },
  quiet: {
    shows: [healthy({ gatedEventTypes: 0 }), passes(20), passes(60, { decisions: { admin_bypass: 40 } })],
    misses: [
      passes(19),
      passes(40, { decisions: { admin_bypass: 21 } }),
      passes(40, { decisions: { deny_destination: 1 } }),
      only({}),
    ],
  },
  unchecked_reads: null,
  slow: {
    shows: [
      misses(100, 33),
      misses(100, 0, { cache: { size: 1, maxEntries: 1_000, ttlSeconds: 5 }, ...users({ allow: 500 }) }),
      healthy({ history: [step({ slowDecisions: 10, statuses: { '200': 90 } }, 500)] }),
      healthy({ servers: [server(0, { inFlight: 32, queued: 1 })] }),
    ],
    misses: [
      misses(99, 0),
      misses(100, 34),
      misses(100, 0, { uptimeSeconds: 1_800 }),
      misses(100, 0, { cache: { size: 940, maxEntries: 1_000, ttlSeconds: 300 } }),
      healthy({ history: [step({ slowDecisions: 9, statuses: { '200': 20 } })] }),
      healthy({ history: [step({ slowDecisions: 10, statuses: { '200': 100 } })] }),
      healthy({ history: [step({ slowDecisions: 10, statuses: { '200': 10 } }, 700)] }),
      healthy({ servers: [server(0, { inFlight: 32 })] }),
    ],
  },
  unusual: null,
  stale_configuration: {
    shows: [
      healthy({ pending: { refusedForSeconds: 1_000, needRestart: [] } }),
      healthy({ pending: { refusedForSeconds: null, needRestart: ['sidecar.http'] } }),
    ],
    misses: [
      happened({ reloadFailures: 1 }),
      healthy({ pending: { refusedForSeconds: null, needRestart: [] } }),
    ],
  },
  lost_log_lines: { shows: [happened({ droppedLogLines: 1 })], misses: [healthy()] },
  keys: {
    shows: [
      healthy({ providers: [provider({ state: 'old', lastOutcome: 'http_5xx', lastError: 'HTTP 503' })] }),
      healthy({ providers: [provider({ state: 'expired', lastOutcome: 'unreachable' })] }),
      healthy({
        providers: [provider({ state: 'none', keys: 0, lastOutcome: 'unreachable', required: false })],
      }),
      healthy({
        readiness: { ready: false, reason: 'keys' },
        providers: [provider({ state: 'none', keys: 0, lastOutcome: null })],
      }),
      happened({ authRequests: { 'jwks service_unavailable': 1 } }),
    ],
    misses: [
      healthy({ providers: [provider({ state: 'none', keys: 0, lastOutcome: null, ageSeconds: 0 })] }),
      happened(
        { authRequests: { 'jwks service_unavailable': 3 } },
        {
          history: [step({ authRequests: { 'jwks service_unavailable': 3 } }, 90)],
        },
      ),
      happened({ authRequests: { 'direct service_unavailable': 1 } }),
    ],
  },
};

const found = (situation: Situation, id: SymptomId): Told | undefined =>
  diagnose(situation).findings.find(({ symptom }) => symptom === id);

for (const id of SYMPTOM_IDS) {
  const cases = CASES[id];
  const rule = RULES[id];
  if (cases === null) {
    t.test(`${id}: one process cannot see it, and says so`, async (t) => {
      const title = SYMPTOMS.find((symptom) => symptom.id === id)?.section.title ?? '';
      t.not(typeof rule, 'function');
      t.ok(diagnose(healthy()).figures.some((figure) => figure.includes(title)));
    });
    continue;
  }
  t.test(`${id}: is told when it is there, and not when it is nearly there`, async (t) => {
    const symptom = SYMPTOMS.find((one) => one.id === id);
    t.ok(cases.shows.length > 0 && cases.misses.length > 0);
    for (const situation of cases.shows) {
      const { verdict, summary, findings } = diagnose(situation);
      const finding = findings.find((one) => one.symptom === id);
      t.equal(verdict, 'trouble');
      t.equal(finding?.title, symptom?.section.title, finding?.wrong ?? JSON.stringify(situation.recent));
      t.ok((finding?.evidence.length ?? 0) > 0);
      t.ok(summary.includes(findings[0]?.wrong ?? '?'), summary);
    }
    for (const situation of cases.misses) t.equal(found(situation, id)?.wrong, undefined);
  });
}

t.test('a healthy process is said to be healthy, with its figures', async (t) => {
  const { verdict, summary, findings, figures } = diagnose(healthy());
  t.same(findings, []);
  t.equal(verdict, 'healthy');
  t.match(summary, /43 requests in the last 5 min, 40 allowed by a list, 80 % of lists from the cache/);
  t.match(summary, /2 of 2 ECPDS servers without failure; 1 of 1 key provider with fresh keys/);
  t.match(figures.join('\n'), /version 1\.2\.3 on authz-0, running for 2 h, ready/);
  t.match(figures.join('\n'), /20 lists of at most 1000 in the cache, each for 300 s/);
});

t.test('a process that nobody asks is healthy, and says what that may mean', async (t) => {
  const { verdict, summary } = diagnose(only({}));
  t.equal(verdict, 'healthy');
  t.match(summary, /nobody asked in the last 5 min \(if reads get 200 all the same, they are not checked\)/);
});

t.test('findings come in the order of the runbook, whatever happened most', async (t) => {
  const { findings, summary } = diagnose(
    happened({
      decisions: { error: 50, deny_destination: 9, unavailable: 1 },
      fetches: { http_5xx: 1 },
      droppedLogLines: 900,
    }),
  );
  t.same(
    findings.map(({ symptom }) => symptom),
    ['no_verdict', 'not_on_the_list', 'internal_error', 'lost_log_lines'],
  );
  t.match(summary, /\(and 3 more\)$/);
});

t.test('every outcome of a fetch has its own cause, from the first failed request on', async (t) => {
  for (const { outcome, label } of FETCH_FAILURES) {
    const failure = { outcome: label, error: 'HTTP 404', forSeconds: 12 };
    const what = { decisions: { unavailable: 1 }, fetches: { [label]: 1 }, statuses: { '503': 1 } };
    const finding = found(
      only(what, { servers: [server(0), server(1, { failure })], ...users({ unavailable: 1 }) }),
      'no_verdict',
    );
    const { cause, wrong } = FETCH_CAUSES[outcome];
    t.equal(finding?.cause, cause);
    t.equal(
      finding?.wrong,
      `${label} from server 1 (https://ecpds-1.example.int/) since 2026-11-25T11:59:48Z, for 12 s: ${wrong}`,
    );
    t.equal(finding?.users, 'one');
    t.match(
      finding?.evidence.join('\n'),
      /HTTP 404, which means: a URL in `servers` is not the base of ECPDS/,
    );
    t.match(
      finding?.evidence.join('\n'),
      /1 of 1 check in the last 5 min got 503 \(100 %\): a few, no storm/,
    );
    t.match(finding?.evidence.join('\n'), /strict: one server that is away makes every list/);
  }
});

t.test('two servers that fail differently are two findings, the more frequent first', async (t) => {
  const servers = [
    server(0, { failure: { outcome: 'http_401', error: 'HTTP 401', forSeconds: 5 } }),
    server(1, { failure: { outcome: 'unreachable', error: 'ECONNREFUSED', forSeconds: 400 } }),
  ];
  const { findings } = diagnose(
    happened({ decisions: { unavailable: 5 }, fetches: { unreachable: 4, http_401: 1 } }, { servers }),
  );
  t.same(
    findings.map(({ cause }) => cause),
    ['network', 'credentials'],
  );
  t.match(findings[0]?.wrong, /^unreachable from server 1 .* for 6 min/);
});

t.test('a server that fails while nobody is refused is worth a finding that says so', async (t) => {
  const configuration = { ecpds: { partial_outage_policy: 'any_success' } };
  const servers = [server(0), server(1, { failure: failing })];
  const finding = found(healthy({ servers, configuration }), 'no_verdict');
  t.equal(finding?.users, null);
  t.match(finding?.evidence.join('\n'), /nobody got a 503 by it in the last 5 min/);
  t.match(finding?.evidence.join('\n'), /any_success: rights that only this server lists are a 403/);
});

t.test('what has passed says so', async (t) => {
  const finding = found(happened({ decisions: { unavailable: 2 }, fetches: { http_5xx: 2 } }), 'no_verdict');
  t.match(
    finding?.wrong,
    /^http_5xx, seen at 2026-11-25T12:00:00Z; the last call to every server was usable/,
  );
  t.equal(finding?.cause, 'upstream');
});

t.test('a storm begins where the alerts see one', async (t) => {
  const { atLeast } = STORMS.unavailable;
  const words = (count: number): string =>
    found(
      only({ decisions: { unavailable: count, allow: 10 }, fetches: { http_5xx: count } }),
      'no_verdict',
    )?.evidence.join('\n') ?? '';
  t.match(words(atLeast), /: a 503 storm/);
  t.match(words(atLeast - 1), /: a few, no storm/);
  const denied = (count: number, of: number): string =>
    found(
      only({ decisions: { deny_destination: count, allow: of - count } }),
      'not_on_the_list',
    )?.evidence.join('\n') ?? '';
  t.match(denied(20, 79), /: a 403 storm/);
  t.match(denied(20, 80), /: a few, no storm/);
});

t.test('one user, a few and many are told apart, and a loop is called one', async (t) => {
  const denied = (deny_destination: number, count = 30) =>
    found(
      happened({ decisions: { deny_destination: count } }, users({ deny_destination })),
      'not_on_the_list',
    );
  t.same(
    [1, 2, 3].map((count) => denied(count)?.users),
    ['one', 'few', 'many'],
  );
  t.match(denied(1)?.wrong, /30 checks denied in the last 5 min, all of one user/);
  t.match(denied(1)?.evidence.join('\n'), /30 requests of 1 user: a client in a loop, not a crowd/);
  t.notMatch(denied(3)?.evidence.join('\n'), /loop/);
  t.notMatch(denied(1, 3)?.evidence.join('\n'), /loop/);
});

t.test('under any_success a server that fails may be why a destination is not listed', async (t) => {
  const servers = [server(0), server(1, { failure: failing })];
  const evidence = (policy: string): string =>
    found(
      happened(
        { decisions: { deny_destination: 1 } },
        { servers, configuration: { ecpds: { partial_outage_policy: policy } } },
      ),
      'not_on_the_list',
    )?.evidence.join('\n') ?? '';
  t.match(evidence('any_success'), /server 1 fails: under any_success what only it lists is missing/);
  t.notMatch(evidence('strict'), /any_success/);
});

t.test(
  'keys that grew too old between two attempts, and those of before the first, have words, too',
  async (t) => {
    const wrong = (view: Parameters<typeof provider>[0]) =>
      found(healthy({ readiness: { ready: false, reason: 'keys' }, providers: [provider(view)] }), 'keys')
        ?.wrong;
    t.match(wrong({ state: 'expired', keys: 0 }), /^expired keys from provider Gitlab/);
    t.match(wrong({ state: 'none', keys: 0, lastOutcome: null }), /^no answer yet from provider Gitlab/);
  },
);

t.test('a provider is named with its outcome, and each has its cause', async (t) => {
  for (const lastOutcome of KEY_FETCH_OUTCOMES) {
    if (lastOutcome === 'success') continue;
    const view = provider({ state: 'old', lastOutcome, lastError: 'HTTP 503', ageSeconds: 90 });
    const finding = found(healthy({ providers: [provider({ provider: 'Other' }), view] }), 'keys');
    const { cause, look } = KEY_CAUSES[lastOutcome];
    t.equal(finding?.cause, cause);
    t.equal(
      finding?.wrong,
      `${lastOutcome} from provider Gitlab, whose keys were not fetched since 2026-11-25T11:58:30Z, for 90 s: look at ${look}`,
    );
    t.ok(page('docs/key-outages.md').text.includes(`| ${look} |`), `${look}`);
  }
});

t.test('the next command has what the process knows', async (t) => {
  const next = (id: SymptomId, situation: Situation): string => found(situation, id)?.next ?? '';
  const configured = '--config /etc/aviso/config.yaml --config /etc/aviso/authz.yaml';
  const servers = [server(0, { failure: failing })];
  t.equal(
    next('no_verdict', healthy({ servers })),
    `aviso-ecpds-authz check ${configured} --user USER --event-type dissemination --destination DESTINATION`,
  );
  t.equal(
    next('auth_o_tron', happened({ authRequests: { 'direct service_unavailable': 1 } })),
    "curl -i -H 'Authorization: Bearer TOKEN' http://auth-o-tron:8080/authenticate",
  );
  const draining = { readiness: { ready: false, reason: 'draining' } };
  const elsewhere = (admin: object): string =>
    next('no_answer', healthy({ ...draining, configuration: { sidecar: { admin } } }));
  t.equal(elsewhere({ host: '127.0.0.1', port: 9464 }), 'curl -i 127.0.0.1:9464/readyz');
  t.equal(elsewhere({ host: '0.0.0.0', port: 9999 }), 'curl -i 127.0.0.1:9999/readyz');
  t.equal(elsewhere({ host: '::1', port: 9999 }), 'curl -i [::1]:9999/readyz');
  t.equal(
    elsewhere({ socket: "/run/it's.sock" }),
    "curl -i --unix-socket '/run/it'\\''s.sock' localhost/readyz",
  );
  const odd = healthy({ servers, configurationFiles: ['/etc/my files/$&.yaml'], configuration: {} });
  t.match(next('no_verdict', odd), "--config '/etc/my files/$&.yaml' --user USER --event-type EVENT_TYPE");
  const { configurationFiles: _, ...unknown } = healthy({ servers });
  t.match(next('no_verdict', unknown), / --config CONFIG /);
});

t.test("errors mean what the runbook's table says", async (t) => {
  const { text } = page('docs/runbook.md');
  const rows = [...text.matchAll(/^ {2}\| (`.*`(?: and above)?) \| (.*) \|$/gm)].slice(1);
  t.ok(rows.length >= 10, `${rows.length} rows`);
  for (const [, errors = '', means = ''] of rows) {
    for (const [, error = ''] of errors.matchAll(/`([^`]+)`/g)) t.equal(`${meaningOf(error)}`, means, error);
  }
  for (const means of ERROR_MEANINGS)
    t.ok(
      rows.some((row) => row[2] === means),
      means,
    );
  t.equal(meaningOf('HTTP 502'), 'ECPDS itself');
  t.equal(meaningOf('circuit open'), null);
});

t.test('every section that a finding names is there, and so is every event and series', async (t) => {
  const runbook = page('docs/runbook.md').text + page('docs/key-outages.md').text;
  const findings = Object.values(CASES).flatMap(
    (cases) => cases?.shows.flatMap((situation) => diagnose(situation).findings) ?? [],
  );
  for (const { section, wrong, evidence, next } of findings) {
    const [path = '', anchor = ''] = section.split('#');
    t.ok(anchors(page(path)).includes(anchor), section);
    const text = [wrong, ...evidence, next].join('\n');
    for (const [name] of text.matchAll(
      /\b(?:auth\.(?:ecpds|jwks|middleware)\.[a-z_.]+[a-z_]|aviso_[a-z_]+)\b/g,
    ))
      t.ok(runbook.includes(name), name);
  }
});

t.test('code in a sentence is told from a backtick of somebody else', async (t) => {
  const findings = Object.values(CASES).flatMap(
    (cases) => cases?.shows.flatMap((situation) => diagnosed(situation).findings) ?? [],
  );
  const texts = findings.flatMap(({ wrong, evidence }) => [wrong, ...evidence]);
  t.ok(texts.some((text) => `${text}`.includes('`')));
  // None of the situations has one in a text from elsewhere.
  for (const text of texts)
    for (const part of typeof text === 'string' ? [text] : text.parts)
      t.notMatch(typeof part === 'string' ? part : part.code, '`');
  const failure = { outcome: 'unreachable', error: 'no answer within `5` s', forSeconds: 12 } as const;
  const [finding] = diagnosed(healthy({ servers: [server(0, { failure })] })).findings;
  const codes = (finding?.evidence ?? []).flatMap((text) =>
    typeof text === 'string' ? [] : text.parts.flatMap((part) => (typeof part === 'string' ? [] : part.code)),
  );
  t.same(codes, ['request_timeout_seconds']);
});
