import { type Html, html } from './html.js';

/** The settings that run, a line each: `ecpds.cache_ttl_seconds: 300`. Open, since a page that is loaded again forgets what was opened. */
export function configuration(settings: Readonly<Record<string, unknown>>): Html {
  const lines = linesOf(settings, '');
  return html`<section id="configuration"><h2>Configuration</h2>
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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
