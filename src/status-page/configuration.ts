import type { PendingConfiguration, Situation } from '../triage/situation.js';
import { type Html, html } from './html.js';
import { marked } from './marks.js';
import { timeOfDay } from './words.js';

/**
 * The settings that run, a line each: `ecpds.cache_ttl_seconds: 300`. Open, since a page that is loaded again forgets what
 * was opened. Before them what the files say otherwise.
 */
export function configuration({ configuration: settings, pending, at }: Situation): Html {
  const lines = linesOf(settings, '');
  return html`<section id="configuration"><h2>Configuration</h2>${pending === undefined ? null : differing(pending, at)}
<details open><summary>${lines.length === 0 ? 'No settings' : `${lines.length} settings, without secrets`}</summary>
<pre><code>${lines.join('\n')}</code></pre></details></section>`;
}

function linesOf(value: unknown, path: string): string[] {
  if (!isRecord(value) || Object.keys(value).length === 0)
    return path === '' ? [] : [`${path}: ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([name, below]) =>
    linesOf(below, path === '' ? name : `${path}.${name}`),
  );
}

/** What the files hold by now and is not what runs. */
function differing({ refusedForSeconds, needRestart }: PendingConfiguration, at: string): Html {
  const refused =
    refusedForSeconds === null
      ? null
      : html`<li>${marked('bad', `The changed files were refused at ${timeOfDay(at, -refusedForSeconds)} UTC: these settings are the old ones`)}</li>`;
  const waiting =
    needRestart.length === 0
      ? null
      : html`<li>${marked('bad', 'Changed, and only a restart takes it over:')} ${needRestart.map((name, index) => html`${index === 0 ? null : ', '}<code>${name}</code>`)}</li>`;
  return html`<ul class="pending">${refused}${waiting}</ul>`;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
