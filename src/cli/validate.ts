import type { LoadedConfig } from '../config/load.js';
import { redactedSummary } from '../config/redact.js';
import type { Config, StreamSchema } from '../config/schema.js';
import { KEY_FETCH_TIMEOUT_MS } from '../identity/jwks/settings.js';
import { loadForCommand, problemText } from './configuration.js';
import { EXIT, type Terminal, table } from './terminal.js';

export interface ValidateOptions {
  readonly config: readonly string[];
  readonly json?: boolean;
}

/** Aviso's own bound on the life of a stream (`connection_max_duration_sec`), as the shipped configurations have it. */
const STREAM_LIFE_SECONDS = 3600;

/** Checks a configuration without serving it: what is gated by which key, and what is legal but risky. */
export async function validate(options: ValidateOptions, terminal: Terminal): Promise<number> {
  const loaded = await loadForCommand(options.config, terminal);
  if (loaded === null) return EXIT.usage;
  terminal.out(options.json ? asJson(loaded) : asText(loaded, terminal));
  return EXIT.ok;
}

function asJson({ config, warnings, sources }: LoadedConfig): string {
  const event_types = [...config.notification_schema].map(([event_type, schema]) => ({
    event_type,
    authentication_required: schema.required,
    read_roles: schema.read_roles === null ? null : Object.fromEntries(schema.read_roles),
    match_key: schema.gated ? (config.ecpds?.match_key ?? null) : null,
    rule: schema.match_rule?.type ?? null,
  }));
  const key_withdrawal_seconds = keyWithdrawalSeconds(config.sidecar.identity);
  const revocation_seconds = revocationSeconds(config);
  const report = { sources, event_types, revocation_seconds, key_withdrawal_seconds, warnings };
  return JSON.stringify({ ...report, configuration: redactedSummary(config) }, null, 2);
}

function asText({ config, warnings, sources }: LoadedConfig, terminal: Terminal): string {
  const heading = ['event type', 'gated by', 'rule', 'user needed', 'read roles'];
  const rows = [...config.notification_schema].map(([name, schema]) => rowOf(name, schema, config));
  const bound = revocationSeconds(config);
  return [
    `${terminal.paint('green', 'valid')}: ${sources.join(' + ')}`,
    '',
    table([heading, ...rows]),
    '',
    `Event types not listed: ${config.notification_schema_strict ? 'refused (400)' : 'passed without a check'}`,
    ...(bound === null
      ? []
      : [
          `A user whose right is revoked is out within ${bound} s (cache ${bound - STREAM_LIFE_SECONDS} s + stream ${STREAM_LIFE_SECONDS} s)`,
        ]),
    ...withdrawalLines(config),
    ...warnings.map(
      (warning) => `\n${terminal.paint('yellow', 'warning')}\n${problemText(warning, terminal)}`,
    ),
  ].join('\n');
}

function rowOf(name: string, schema: StreamSchema, config: Config): string[] {
  const roles =
    schema.read_roles === null
      ? 'any'
      : [...schema.read_roles].map(([realm, of]) => `${realm}: ${of.join('|')}`).join(', ');
  const gatedBy = schema.gated ? (config.ecpds?.match_key ?? '-') : '-';
  return [
    name,
    gatedBy,
    schema.match_rule?.type ?? '-',
    schema.required ? 'yes' : 'no',
    schema.required ? roles : '-',
  ];
}

/** Until a revoked user's last stream has ended, in seconds; null when nothing is gated. */
const revocationSeconds = (config: Config): number | null =>
  config.ecpds === null ? null : config.ecpds.cache_ttl_seconds + STREAM_LIFE_SECONDS;

/**
 * Until new requests with tokens of a withdrawn key are refused, in seconds; null without key providers.
 *
 * `answering`: the next fetch starts within `refresh_seconds` of the start of the last, and takes a bounded time.
 * `failing`: while no fetch succeeds, keys live on for `max_stale_seconds`.
 */
function keyWithdrawalSeconds(identity: Config['sidecar']['identity']) {
  if (identity.providers.length === 0) return null;
  return {
    answering: identity.refresh_seconds + KEY_FETCH_TIMEOUT_MS / 1000,
    failing: identity.max_stale_seconds,
  };
}

function withdrawalLines({ sidecar: { identity } }: Config): string[] {
  const bound = keyWithdrawalSeconds(identity);
  if (bound === null) return [];
  const names = identity.providers.map(({ name }) => name).join(', ');
  return [
    `Key providers: ${names}`,
    `A withdrawn key's tokens are refused within ${bound.answering} s while its provider answers, and within ${bound.failing} s while it does not`,
  ];
}
