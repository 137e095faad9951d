import { CHECK_OUTCOME_LABELS, type CheckOutcome } from '../domain/check-outcome.js';
import { FETCH_OUTCOME_LABELS, type FetchOutcomeLabel } from '../domain/fetch-outcome.js';
import type { Activity, Situation } from '../triage/situation.js';
import { SLOW } from '../triage/thresholds.js';
import { type Chart, chart, type Part, SPAN } from './chart.js';
import { type Content, type Html, html } from './html.js';
import type { Hue } from './palette.js';
import { about, count, counted, duration, sum } from './words.js';

const CHECK_HUES: Readonly<Record<CheckOutcome, Hue>> = {
  allow: 'green',
  admin_bypass: 'blue',
  deny_destination: 'amber',
  deny_match_key_missing: 'orange',
  unavailable: 'red',
  error: 'purple',
};

const FETCH_HUES: Readonly<Record<FetchOutcomeLabel, Hue>> = {
  success: 'green',
  http_401: 'amber',
  http_403: 'orange',
  http_4xx: 'purple',
  invalid_response: 'pink',
  http_5xx: 'blue',
  unreachable: 'red',
};

const DECISIONS: Chart = {
  id: 'decisions',
  title: 'Decisions',
  parts: CHECK_OUTCOME_LABELS.map((label) => ({
    label,
    hue: CHECK_HUES[label],
    countIn: ({ decisions }) => decisions[label],
  })),
};

const FETCHES: Chart = {
  id: 'fetches',
  title: 'Fetches from ECPDS',
  parts: FETCH_OUTCOME_LABELS.map((label) => ({
    label,
    hue: FETCH_HUES[label],
    countIn: ({ fetches }) => fetches[label],
  })),
};

const LOOKUPS: Chart = {
  id: 'lookups',
  title: 'Cache',
  parts: [
    { label: 'hit', hue: 'green', countIn: ({ cacheHits }) => cacheHits },
    { label: 'miss', hue: 'amber', countIn: ({ cacheMisses }) => cacheMisses },
  ],
};

/** How many distinct users had an outcome in the last five minutes. */
type Users = (label: string) => string;

/** What was decided, fetched and found over the last fifteen minutes, and what else was counted in the last five. */
export function traffic(situation: Situation): Html {
  const { distinctUsers } = situation;
  const users: Users = (label) => count(new Map(Object.entries(distinctUsers)).get(label) ?? 0);
  return html`<section id="traffic"><h2>The last 15 min</h2>${young(situation)}
<div class="charts">${[
    figureOf(DECISIONS, situation, users),
    figureOf(FETCHES, situation, null),
    figureOf(LOOKUPS, situation, null),
  ]}</div></section>`;
}

/** A process that is younger than the picture is wide. */
function young({ history, uptimeSeconds }: Situation): Html | null {
  const known = sum(history.map(({ seconds }) => seconds));
  return uptimeSeconds >= SPAN || history.length === 0
    ? null
    : html`<p class="dim">This process started ${duration(uptimeSeconds)} ago; ${duration(known)} are known.</p>`;
}

function figureOf(of: Chart, situation: Situation, users: Users | null): Html {
  const { history, recent, at } = situation;
  const seen = of.parts.filter(({ countIn }) => sum(history.map(countIn)) > 0);
  if (seen.length === 0)
    return html`<figure><figcaption>${of.title}</figcaption><p class="dim none">None ${situation.uptimeSeconds < SPAN ? 'yet' : 'in the last 15 minutes'}.</p></figure>`;
  const rows = seen.map((part) => rowOf(part, situation, users));
  return html`<figure><figcaption>${of.title}</figcaption>
${chart(of, history, at)}
<table class="legend"><thead><tr><th scope="col">outcome</th><th scope="col">${about(recent.seconds)}</th>${users === null ? null : html`<th scope="col">users</th>`}<th scope="col">15 min</th></tr></thead>
<tbody>${rows}</tbody></table>${unseen(of, seen)}</figure>`;
}

function rowOf({ label, hue, countIn }: Part, situation: Situation, users: Users | null): Html {
  const { history, recent, at } = situation;
  const lately = count(countIn({ ...recent, at }));
  const all = count(sum(history.map(countIn)));
  return html`<tr><th scope="row"><span class="swatch ${hue}"></span><code>${breakable(label)}</code></th><td>${lately}</td>${
    users === null ? null : html`<td>${users(label)}</td>`
  }<td>${all}</td></tr>\n`;
}

/** A label that may go on in the next line after each of its words. */
const breakable = (label: string): Content =>
  label.split('_').map((word, index) => (index === 0 ? word : html`_<wbr>${word}`));

function unseen({ parts }: Chart, seen: readonly Part[]): Html | null {
  const rest = parts.filter((part) => !seen.includes(part));
  if (rest.length === 0) return null;
  return html`<p class="dim rest">None: ${rest.map(({ label }) => label).join(', ')}</p>`;
}

/** Counters that stand still while all is well, by what one of them means. */
const RARE: readonly (readonly [name: keyof Activity, one: string, many: string])[] = [
  ['rejectedFetches', 'fetch not begun: too many waited', 'fetches not begun: too many waited'],
  [
    'slowDecisions',
    `decision that took longer than ${SLOW.seconds} s`,
    `decisions that took longer than ${SLOW.seconds} s`,
  ],
  ['skippedRecords', 'record of ECPDS without the target field', 'records of ECPDS without the target field'],
  [
    'revokedGrants',
    'right gone when its list was fetched again',
    'rights gone when their lists were fetched again',
  ],
  ['reloadFailures', 'configuration not taken over', 'configurations not taken over'],
  ['droppedLogLines', 'log line lost', 'log lines lost'],
  ['backgroundErrors', 'fault of this program in the background', 'faults of this program in the background'],
];

/** Answers by status, credentials by how they were judged, and what is out of the ordinary. */
export function lately({ recent, gatedEventTypes }: Situation): Html {
  const rare = RARE.flatMap(([name, one, many]) => {
    const value = recent[name];
    return typeof value === 'number' && value > 0 ? [counted(value, one, many)] : [];
  });
  return html`<section id="lately"><h2>The last ${about(recent.seconds)}</h2>
<dl>
<dt>answers by status</dt><dd>${tally(recent.statuses)}</dd>
<dt>credentials</dt><dd>${tally(recent.authRequests)}</dd>
<dt>event types that are gated</dt><dd>${gatedEventTypes === 0 ? 'none: every read passes unchecked' : count(gatedEventTypes)}</dd>
<dt>out of the ordinary</dt><dd>${rare.length === 0 ? 'nothing' : rare.join('; ')}</dd>
</dl></section>`;
}

function tally(counts: Readonly<Record<string, number>>): Content {
  const seen = Object.entries(counts).filter(([, value]) => value > 0);
  if (seen.length === 0) return html`<span class="dim">none</span>`;
  return seen.map(([name, value]) => html`<span class="pair"><code>${name}</code> ${count(value)}</span> `);
}
