import type { Part } from './part.js';

/** An answer that Envoy is about to give by itself, or for an authorizer. */
export interface LocalReply {
  readonly status: number;
  /** Whether ext_authz refused: the response flag `UAEX`. */
  readonly refused: boolean;
  /** `response.code_details`. */
  readonly details: string;
}

/** What `local_reply_config` makes of an answer. */
export interface Mapped {
  /** The first mapper that matches; null when none does. */
  readonly mapper: Part | null;
  readonly status: number;
  /** Whether the body is replaced by a format. */
  readonly hasOwnBody: boolean;
}

/** What the client gets; null when a filter comes first that can't be judged. */
export function mapped(config: Part, reply: LocalReply): Mapped | null {
  for (const mapper of config.at('mappers').items) {
    const matches = filterMatches(mapper.at('filter'), reply);
    if (matches === null) return null;
    if (!matches) continue;
    const hasOwnBody = ['body', 'body_format_override'].some((name) => mapper.at(name).isThere);
    const status = mapper.at('status_code').number ?? reply.status;
    return { mapper, status, hasOwnBody: hasOwnBody || config.at('body_format').isThere };
  }
  return { mapper: null, status: reply.status, hasOwnBody: config.at('body_format').isThere };
}

type Verdict = boolean | null;

function filterMatches(filter: Part, reply: LocalReply): Verdict {
  const [[kind, part] = ['', filter]] = filter.entries;
  switch (kind) {
    case 'and_filter':
      return all(part.at('filters').items.map((inner) => filterMatches(inner, reply)));
    case 'or_filter':
      return any(part.at('filters').items.map((inner) => filterMatches(inner, reply)));
    case 'response_flag_filter':
      return flagMatches(part, reply);
    case 'status_code_filter':
      return compares(part.at('comparison'), reply.status);
    case 'not_health_check_filter':
      return true;
    case 'extension_filter':
      return celMatches(part, reply);
    default:
      return null;
  }
}

function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(null) ? null : true;
}

function any(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(null) ? null : false;
}

function flagMatches(filter: Part, { refused }: LocalReply): Verdict {
  const flags = filter.at('flags').items.map(({ text }) => text);
  if (refused) return flags.length === 0 || flags.includes('UAEX');
  return flags.length === 0 || flags.some((flag) => flag !== 'UAEX') ? null : false;
}

function compares(comparison: Part, status: number): Verdict {
  const bound = comparison.at('value', 'default_value').number;
  if (bound === null) return null;
  const op = comparison.at('op');
  if (!op.isThere || op.isOneOf('EQ', 0)) return status === bound;
  if (op.isOneOf('GE', 1)) return status >= bound;
  if (op.isOneOf('LE', 2)) return status <= bound;
  return op.isOneOf('NE', 3) ? status !== bound : null;
}

/** The one kind of expression that the shipped configurations use. */
function celMatches(filter: Part, { details }: LocalReply): Verdict {
  const expression = filter.at('typed_config').message.config.at('expression').text ?? '';
  const [, op, value] = /^\s*response\.code_details\s*([!=]=)\s*['"](\w+)['"]\s*$/.exec(expression) ?? [];
  if (op === undefined) return null;
  return op === '==' ? details === value : details !== value;
}
