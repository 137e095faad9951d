import { mergeAnswers } from '../checker/merge.js';
import { NamePool } from '../checker/name-pool.js';
import { askServer, type ServerReport } from '../checker/server.js';
import type { Config, EcpdsConfig } from '../config/schema.js';
import { fetchOutcomeLabel } from '../domain/fetch-outcome.js';
import { asUsername, type Destination } from '../domain/names.js';
import { fail, ok, type Result } from '../domain/result.js';
import { serverSettings } from '../ecpds-engine.js';
import { createHttpClient } from '../http/client.js';
import { canonicalMatchKey } from '../request/match-key.js';
import { loadForCommand } from './configuration.js';
import { EXIT, type Terminal, table } from './terminal.js';

export interface CheckOptions {
  readonly config: readonly string[];
  readonly user: string;
  readonly eventType: string;
  readonly destination: string;
  readonly json?: boolean;
}

/** Asks the configured ECPDS servers as the runbook's curl does, prints what each said and the verdict. */
export async function check(options: CheckOptions, terminal: Terminal): Promise<number> {
  const loaded = await loadForCommand(options.config, terminal);
  if (loaded === null) return EXIT.usage;
  const question = questionFrom(loaded.config, options);
  if (!question.ok) {
    terminal.err(terminal.paint('red', question.failure));
    return EXIT.usage;
  }
  const reports = await askAll(loaded.ca, question.value.ecpds, options.user);
  const verdict = verdictOn(reports, question.value);
  terminal.out(
    options.json ? asJson(options, reports, verdict) : asText(options, reports, verdict, terminal),
  );
  return verdict.exitCode;
}

interface Question {
  readonly ecpds: EcpdsConfig;
  readonly destination: Destination;
}

function questionFrom(config: Config, options: CheckOptions): Result<Question, string> {
  const rule = config.notification_schema.get(options.eventType)?.match_rule ?? null;
  if (config.ecpds === null || rule === null) {
    const gated = [...config.notification_schema].filter(([, schema]) => schema.gated).map(([name]) => name);
    return fail(`event type '${options.eventType}' is not gated; gated: ${gated.join(', ') || 'none'}`);
  }
  if (options.user === '') return fail('--user must not be empty');
  const destination = canonicalMatchKey(rule, options.destination);
  if (!destination.ok) return fail(`--destination '${options.destination}': ${destination.failure}`);
  return ok({ ecpds: config.ecpds, destination: destination.value });
}

async function askAll(ca: string | null, ecpds: EcpdsConfig, user: string): Promise<ServerReport[]> {
  const client = createHttpClient({ connectTimeoutMs: ecpds.connect_timeout_seconds * 1000, ca });
  try {
    const settings = serverSettings(ecpds);
    const ask = (server: URL, index: number) =>
      askServer(settings, client.fetch, index, server, asUsername(user));
    return await Promise.all(ecpds.servers.map(ask));
  } finally {
    await client.close();
  }
}

interface CheckVerdict {
  readonly verdict: 'allow' | 'deny' | 'unavailable';
  readonly exitCode: number;
  /** The merged outcome, as `aviso_ecpds_fetch_total` would count it. */
  readonly fetchOutcome: string;
  readonly policy: string;
}

function verdictOn(reports: readonly ServerReport[], { ecpds, destination }: Question): CheckVerdict {
  const policy = ecpds.partial_outage_policy;
  const merged = mergeAnswers(reports, policy, new NamePool());
  const fetchOutcome = fetchOutcomeLabel(merged.outcome);
  if (!merged.ok) return { verdict: 'unavailable', exitCode: EXIT.unavailable, fetchOutcome, policy };
  return merged.list.has(destination)
    ? { verdict: 'allow', exitCode: EXIT.ok, fetchOutcome, policy }
    : { verdict: 'deny', exitCode: EXIT.denied, fetchOutcome, policy };
}

function asJson(options: CheckOptions, reports: readonly ServerReport[], verdict: CheckVerdict): string {
  const { user, eventType: event_type, destination } = options;
  const { exitCode: _, fetchOutcome: fetch_outcome, ...rest } = verdict;
  return JSON.stringify(
    { user, event_type, destination, ...rest, fetch_outcome, servers: reports.map(rowOf) },
    null,
    2,
  );
}

/** What one server said; counts are null when it gave no usable answer. */
function rowOf({ index, server, status, durationMs, result }: ServerReport) {
  const records = result.ok ? result.value : null;
  return {
    server_index: index,
    server: server.href,
    status,
    latency_ms: Math.round(durationMs),
    records: records?.total ?? null,
    inactive: records?.inactive ?? null,
    malformed: records?.malformed ?? null,
    outcome: result.ok ? 'success' : fetchOutcomeLabel(result.failure.outcome),
    error: result.ok ? null : result.failure.error,
  };
}

function asText(
  options: CheckOptions,
  reports: readonly ServerReport[],
  verdict: CheckVerdict,
  terminal: Terminal,
): string {
  const heading = ['#', 'server', 'status', 'latency', 'records', 'inactive', 'malformed', 'outcome'];
  const cells = reports
    .map(rowOf)
    .map((row) => [
      `${row.server_index}`,
      row.server,
      `${row.status ?? '-'}`,
      `${row.latency_ms} ms`,
      `${row.records ?? '-'}`,
      `${row.inactive ?? '-'}`,
      `${row.malformed ?? '-'}`,
      row.error === null ? row.outcome : `${row.outcome} (${row.error})`,
    ]);
  return `${table([heading, ...cells])}\n\n${verdictLine(options, verdict, terminal)}`;
}

function verdictLine(
  options: CheckOptions,
  { verdict, fetchOutcome, policy }: CheckVerdict,
  terminal: Terminal,
): string {
  const subject = `user '${options.user}' reading '${options.destination}' of ${options.eventType}`;
  switch (verdict) {
    case 'allow':
      return `${terminal.paint('green', 'ALLOW')}  ${subject}: listed`;
    case 'deny':
      return `${terminal.paint('red', 'DENY')}  ${subject}: not on any list (reason=DestinationNotInList)`;
    case 'unavailable':
      return `${terminal.paint('yellow', 'UNAVAILABLE')}  ${subject}: no verdict under ${policy} (${fetchOutcome})`;
  }
}
