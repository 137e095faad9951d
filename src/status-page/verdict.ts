import type { Diagnosis, Finding } from '../triage/diagnosis.js';
import type { Text } from '../triage/prose.js';
import type { Situation } from '../triage/situation.js';
import { type Content, type Html, html } from './html.js';
import { mark } from './marks.js';
import { counted, duration, timeOfDay } from './words.js';

/** What the page is opened for: is something wrong, in a word, a shape and a colour, and in one sentence. */
export function verdict({ verdict, summary, findings }: Diagnosis, situation: Situation): Html {
  const healthy = verdict === 'healthy';
  const howMany =
    findings.length > 1 ? html` <span class="dim">${counted(findings.length, 'finding')}</span>` : null;
  return html`<header class="verdict ${healthy ? 'good' : 'bad'}">
<h1>${mark(healthy ? 'good' : 'bad')} ${healthy ? 'Healthy' : 'Trouble'}${howMany}</h1>
<p class="summary">${said(summary)}</p>
<p class="about">${about(situation)}</p>
</header>`;
}

function about({ at, version, hostname, uptimeSeconds, readiness }: Situation): Html {
  const why = readiness.reason === null ? null : `: ${readiness.reason}`;
  const ready = readiness.ready ? 'ready' : html`<strong>not ready${why}</strong>`;
  return html`<time datetime="${at}">${timeOfDay(at)} UTC</time> · ${hostname} · aviso-ecpds-authz ${version} · up ${duration(uptimeSeconds)} · ${ready}`;
}

/** Every finding, in the runbook's order, and the figures by which a healthy process is known. */
export function findings({ findings, figures }: Diagnosis): readonly Html[] {
  const wrong = html`<section id="findings"><h2>What is wrong</h2>${findings.map(findingOf)}</section>\n`;
  const known = html`<section id="figures"><h2>The figures</h2>${linesOf(figures)}</section>`;
  return [...(findings.length === 0 ? [] : [wrong]), ...(figures.length === 0 ? [] : [known])];
}

const linesOf = (lines: readonly Text[]): Html | null =>
  lines.length === 0 ? null : html`<ul>${lines.map((line) => html`<li>${said(line)}</li>`)}</ul>`;

/** A sentence, with its names as code. */
const said = (text: Text): Content =>
  typeof text === 'string'
    ? text
    : text.parts.map((part) => (typeof part === 'string' ? part : html`<code>${part.code}</code>`));

/** A command that goes on in the next line between its words alone: options begin with hyphens. */
const words = (command: string): readonly Html[] =>
  command.split(' ').map((word, index) => html`${index === 0 ? null : ' '}<span>${word}</span>`);

const USERS = { one: 'one user', few: 'a few users', many: 'many users' } as const;

function findingOf({ title, section, cause, wrong, evidence, users, next }: Finding): Html {
  return html`<article>
<h3>${title}</h3>
<p class="tags"><span>cause: ${cause}</span>${users === null ? null : html` <span>${USERS[users]}</span>`}</p>
<p>${said(wrong)}</p>
${linesOf(evidence)}
<p class="label">Run next</p>
<pre class="command"><code>${words(next)}</code></pre>
<p class="dim">Then read <code>${section}</code></p>
</article>`;
}
