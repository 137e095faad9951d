import type { Diagnosis, Finding } from './triage/diagnosis.js';

/** What the page needs of a browser: nothing. */
export const PLAIN_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/status` in its plainest form: what `diagnose` prints, as a list. */
export function plainPage({ verdict, summary, findings, figures }: Diagnosis): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">',
    `<title>${verdict}: aviso-ecpds-authz</title></head><body><h1>${verdict}</h1><p>${escaped(summary)}</p>`,
    ...findings.map(section),
    `<ul>${items(figures)}</ul></body></html>`,
  ].join('\n');
}

const section = ({ title, wrong, cause, evidence, next }: Finding): string =>
  `<h2>${escaped(title)}</h2><p>${cause}: ${escaped(wrong)}</p><ul>${items(evidence)}</ul><pre>${escaped(next)}</pre>`;

const items = (texts: readonly string[]): string => texts.map((text) => `<li>${escaped(text)}</li>`).join('');

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
