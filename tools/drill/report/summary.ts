import type { DrillName } from '../drill.js';
import type { Figures, Waits } from '../figures.js';
import type { ProtectionsName } from '../protections.js';
import { type DrillResult, markdownTable, shownMs } from './table.js';

/** One line of what the drills teach: a figure of one drill, without and with a protection. */
interface Lesson {
  readonly drill: DrillName;
  readonly what: string;
  readonly without: ProtectionsName;
  readonly with: ProtectionsName;
  readonly figure: (figures: Figures) => string;
}

const DEFAULT = 'default';
const count = (value: number): string => value.toLocaleString('en');
const p99 = (waits: Waits | null): string => (waits === null ? 'nobody' : shownMs(waits.p99));
const worst = (waits: Waits | null): string => (waits === null ? 'nobody' : shownMs(waits.worst));

const lesson = (
  drill: DrillName,
  what: string,
  [without, withIt]: readonly [ProtectionsName, ProtectionsName],
  figure: Lesson['figure'],
): Lesson => ({ drill, what, without, with: withIt, figure });

const BREAKER = [DEFAULT, 'circuit_breaker'] as const;
const REFRESH = [DEFAULT, 'refresh_ahead'] as const;

const LESSONS: readonly Lesson[] = [
  lesson('hanging', 'a 503 takes, in 99 of 100 cases', BREAKER, (of) =>
    p99(of.openWait ?? of.unavailableWait),
  ),
  lesson('hanging', 'last 503 after the end', BREAKER, ({ recovery }) =>
    shownMs(recovery?.lastUnavailableAfter ?? 0),
  ),
  lesson('down', 'calls to ECPDS', BREAKER, ({ upstream }) => count(upstream.calls)),
  lesson('down', '503', REFRESH, ({ unavailable }) => count(unavailable)),
  lesson('flapping', '503', BREAKER, ({ unavailable }) => count(unavailable)),
  lesson('flapping', '503', [DEFAULT, 'circuit_breaker, 5 s'], ({ unavailable }) => count(unavailable)),
  lesson('slow', 'an allow takes at worst', REFRESH, ({ allowedWait }) => worst(allowedWait)),
  lesson('credentials', '503', BREAKER, ({ unavailable }) => count(unavailable)),
  lesson('steady', 'requests that wait for a list', REFRESH, ({ waitedForList }) => count(waitedForList)),
  lesson('steady', 'calls by user, server and TTL', REFRESH, ({ upstream }) => upstream.perTtl.toFixed(2)),
  lesson('storm', 'calls to a server at once', ['no caps', DEFAULT], ({ upstream }) => count(upstream.peak)),
  lesson('storm', 'an allow takes at worst', ['no caps', DEFAULT], ({ allowedWait }) => worst(allowedWait)),
  lesson('echo', 'calls to a server at once', [DEFAULT, 'ttl_jitter'], ({ upstream }) =>
    count(upstream.peak),
  ),
  lesson('revocation', 'a revoked right still opens streams for', REFRESH, ({ revocation }) =>
    shownMs(revocation?.usedFor ?? 0),
  ),
  lesson('revocation', '`auth.ecpds.recheck.revoked`', REFRESH, ({ revocation }) =>
    count(revocation?.events ?? 0),
  ),
];

/** What `docs/outages.md` shows: a table in Markdown, of the lessons whose drills were run. */
export function summaryOf(results: readonly DrillResult[]): string {
  const rows = LESSONS.flatMap((of) => {
    const runs = results.find(({ drill }) => drill.name === of.drill)?.runs;
    const [without, withIt] = [of.without, of.with].map((name) =>
      runs?.find(({ protections }) => protections === name),
    );
    if (without === undefined || withIt === undefined) return [];
    return [[of.drill, of.what, of.figure(without), of.figure(withIt), withName(of)]];
  });
  return markdownTable([['drill', 'what', 'without', 'with', 'with what'], ...rows]);
}

const withName = ({ with: name }: Lesson): string =>
  name === DEFAULT ? '`max_concurrent_fetches: 64`' : name.replace(/^[a-z_]+/, '`$&`');
