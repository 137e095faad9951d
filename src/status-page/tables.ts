import type { CacheView, ProviderView, ServerView, Situation } from '../triage/situation.js';
import { type Content, type Html, html } from './html.js';
import { type Mark, marked } from './marks.js';
import { about, count, counted, duration, percentage, timeOfDay } from './words.js';

/** A column's heading, and what stands in it for one row. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => Content];

/** A table whose rows become blocks on a narrow screen, each cell under its heading. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  return html`<table><caption>${caption}</caption>
<thead><tr>${columns.map(([heading]) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${columns.map(([heading, cell]) => html`<td data-label="${heading}"><div>${cell(row)}</div></td>`)}</tr>\n`,
  )}</tbody></table>`;
}

const NOTHING = html`<span class="dim">–</span>`;

/** Every configured ECPDS server: does it answer, since when not, is it asked at all. */
export function servers({ at, servers }: Situation): Html {
  if (servers.length === 0) return empty('ECPDS servers', 'No ECPDS server is configured: nothing is gated.');
  return html`<section id="servers"><h2>ECPDS servers</h2>${table('By the last call to each', serverColumns(at), servers)}</section>`;
}

const serverColumns = (at: string): readonly Column<ServerView>[] => [
  [
    'server',
    ({ index, server }) => html`<span class="dim">${index}</span> <span class="name">${server}</span>`,
  ],
  ['state', ({ failure }) => (failure === null ? marked('good', 'answers') : marked('bad', 'fails'))],
  ['since', ({ failure }) => (failure === null ? NOTHING : since(at, failure.forSeconds))],
  [
    'last outcome',
    ({ failure }) =>
      failure === null
        ? NOTHING
        : html`<code>${failure.outcome}</code> <span class="error">${failure.error}</span>`,
  ],
  ['circuit', ({ circuitOpen }) => (circuitOpen ? marked('bad', 'open, only probed') : 'closed')],
  ['calls', ({ inFlight, queued }) => `${count(inFlight)}\u00a0in\u00a0flight, ${count(queued)}\u00a0queued`],
];

const since = (at: string, seconds: number): Html =>
  html`${timeOfDay(at, -seconds)} <span class="dim nowrap">${duration(seconds)}\u00a0ago</span>`;

const KEY_STATES: Readonly<Record<ProviderView['state'], readonly [Mark, string]>> = {
  fresh: ['good', 'fresh'],
  old: ['bad', 'old, kept after a failed refresh'],
  expired: ['bad', 'expired, not used'],
  none: ['bad', 'none yet'],
};

/** Every configured provider of signing keys. */
export function providers({ providers }: Situation): Html {
  if (providers.length === 0) return empty('Key providers', 'No provider is configured.');
  return html`<section id="providers"><h2>Key providers</h2>${table('Signing keys of each', PROVIDER_COLUMNS, providers)}</section>`;
}

const PROVIDER_COLUMNS: readonly Column<ProviderView>[] = [
  [
    'provider',
    ({ provider, required }) =>
      html`<span class="name">${provider}</span>${required ? null : html` <span class="dim">optional</span>`}`,
  ],
  ['keys are', ({ state }) => marked(...KEY_STATES[state])],
  ['usable', ({ keys }) => counted(keys, 'key')],
  ['age', ({ ageSeconds }) => duration(ageSeconds)],
  ['last attempt', lastAttempt],
];

function lastAttempt({ lastOutcome, lastError }: ProviderView): Html {
  if (lastOutcome === null) return html`<span class="dim">not ended yet</span>`;
  return html`<code>${lastOutcome}</code>${lastError === null ? null : html` <span class="error">${lastError}</span>`}`;
}

/** How full the cache is and what it spares. */
export function cache({ cache, recent }: Situation): Html {
  const asked = recent.cacheHits + recent.cacheMisses;
  const ratio = percentage(recent.cacheHits, asked);
  const help =
    ratio === null
      ? `not asked in the last ${about(recent.seconds)}`
      : `${ratio} hits of ${counted(asked, 'check')} in the last ${about(recent.seconds)}`;
  return html`<section id="cache"><h2>Cache</h2>
<p>${sizeOf(cache)}; ${help}. A list is kept for ${duration(cache.ttlSeconds)}.</p>
<meter min="0" max="${Math.max(1, cache.maxEntries)}" value="${Math.min(cache.size, cache.maxEntries)}">${sizeOf(cache)}</meter></section>`;
}

const sizeOf = ({ size, maxEntries }: CacheView): string =>
  `${counted(size, 'list')} of at most ${count(maxEntries)}`;

const empty = (title: string, why: string): Html =>
  html`<section><h2>${title}</h2><p class="dim">${why}</p></section>`;
