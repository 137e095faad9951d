import { Value } from '@sinclair/typebox/value';
import type { MatchRule } from '../domain/match-rule.js';
import type { Draft } from './draft.js';
import { usableMatchKey } from './ecpds-rules.js';
import { type Path, type Problem, problemAt, quote } from './problem.js';
import type { Document } from './schema.js';
import { ENUM_RULE, INT_RULE, STRING_RULE } from './schema-streams.js';
import { checkStreamAuth, isGated, type StreamDraft } from './stream-rules.js';

type Rule = Document['notification_schema'][string]['identifier'][string];
const USABLE = [STRING_RULE, ENUM_RULE, INT_RULE].map((rule) => rule.properties.type.const);

/** Every schema: its own `auth`, and whether the match key can do its work where the schema is gated. */
export function checkStreams(draft: Draft<Document>): Problem[] {
  const streams = Object.entries(draft.notification_schema ?? {});
  const gated = streams.filter(([, stream]) => isGated(stream)).map(([name]) => name);
  const matchKey = usableMatchKey(draft.ecpds);
  return [
    ...(gated.length > 0 && draft.ecpds === undefined ? [missingEcpds(gated)] : []),
    ...streams.flatMap(([name, stream]) => [
      ...checkStreamAuth(['notification_schema', name, 'auth'], stream?.auth, draft.auth?.enabled),
      ...(stream !== undefined && matchKey !== null && isGated(stream)
        ? checkGate(['notification_schema', name], stream, matchKey, draft)
        : []),
    ]),
  ];
}

function missingEcpds(gated: readonly string[]): Problem {
  const names = gated.slice(0, 10).map(quote).join(', ');
  const cure = 'an `ecpds` block with `username`, `password`, `servers` and `match_key`';
  return problemAt(['ecpds'], `is missing, and these schemas name its plugin: ${names}`, cure);
}

function checkGate(path: Path, stream: StreamDraft, matchKey: string, draft: Draft<Document>): Problem[] {
  return [
    ...checkMatchRule([...path, 'identifier'], stream.identifier, matchKey),
    ...(draft.sidecar?.allow_unrouted_match_key === false
      ? checkTopic([...path, 'topic'], stream.topic, matchKey)
      : []),
  ];
}

function checkMatchRule(path: Path, fields: StreamDraft['identifier'], matchKey: string): Problem[] {
  if (fields === undefined) return [];
  const rule = fields[matchKey];
  const at = [...path, matchKey];
  if (!(matchKey in fields)) {
    return [problemAt(at, 'is missing: it is `ecpds.match_key`', 'a rule for it, with `required: true`')];
  }
  if (rule?.type !== undefined && !USABLE.some((type) => type === rule.type)) {
    const cure = 'StringHandler, EnumHandler or IntHandler';
    return [problemAt([...at, 'type'], 'is no rule for `ecpds.match_key`', cure)];
  }
  if (matchKey === 'point' && rule?.type !== undefined && rule.type !== 'StringHandler') {
    const what = 'does not shape the value: Aviso takes `point` as it is written';
    return [problemAt([...at, 'type'], what, 'StringHandler, or another `ecpds.match_key`')];
  }
  const optional = rule !== undefined && 'required' in rule && rule.required === false;
  const what = 'is `false`, and the field is `ecpds.match_key`';
  return optional ? [problemAt([...at, 'required'], what, '`required: true`')] : [];
}

/**
 * Aviso filters what it sends by topic alone. A match key that is not in the topic decides who may connect, and
 * then everybody who may is sent everything. Without a `topic` Aviso makes one of all fields, which is fine.
 */
function checkTopic(path: Path, topic: StreamDraft['topic'], matchKey: string): Problem[] {
  const order = topic?.key_order;
  const sound = topic === undefined || order?.includes(matchKey) === true;
  const broken = order?.includes(undefined) === true;
  if (sound || broken) return [];
  const what = 'lacks `ecpds.match_key`: a user approved for one destination would be sent those of all';
  const cure = 'the match key in the list, or `sidecar.allow_unrouted_match_key: true` to accept that';
  return [problemAt([...path, 'key_order'], what, cure)];
}

/** The match key's rule as the request reader needs it, or null when it is not one of the usable ones. */
export function matchRule(rule: Rule | undefined): MatchRule | null {
  if (Value.Check(STRING_RULE, rule)) return { type: 'StringHandler', max_length: rule.max_length ?? null };
  if (Value.Check(ENUM_RULE, rule)) return { type: 'EnumHandler', values: rule.values };
  if (!Value.Check(INT_RULE, rule)) return null;
  const [low, high] = rule.range ?? [];
  const range = low === undefined || high === undefined ? null : ([low, high] as const);
  return { type: 'IntHandler', range };
}
