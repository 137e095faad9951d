import type { Diagnosis } from '../triage/diagnosis.js';
import type { Situation } from '../triage/situation.js';
import { configuration } from './configuration.js';
import { type Html, html, trusted } from './html.js';
import { STYLE } from './style.js';
import { cache, providers, servers } from './tables.js';
import { lately, traffic } from './traffic.js';
import { findings, verdict } from './verdict.js';

export { CONTENT_SECURITY_POLICY } from './style.js';

/** After so many seconds the browser asks for the page again. */
export const REFRESH_SECONDS = 10;

/**
 * The page `/status`: one HTML document that loads nothing and runs nothing, to be answered as
 * `text/html; charset=utf-8` with `CONTENT_SECURITY_POLICY`. All that comes from outside is escaped.
 */
export function statusPage(diagnosis: Diagnosis, situation: Situation): string {
  const { hostname } = situation;
  const healthy = diagnosis.verdict === 'healthy';
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>${healthy ? 'Healthy' : 'Trouble'}: ${hostname}</title>
<link rel="icon" href="${healthy ? ICONS.healthy : ICONS.trouble}">
<style>${trusted(STYLE)}</style>
</head>
<body>
${verdict(diagnosis, situation)}
<main>
${findings(diagnosis)}
${servers(situation)}
${providers(situation)}
${cache(situation)}
${traffic(situation)}
${lately(situation)}
${configuration(situation)}
</main>
${footer()}
</body>
</html>
`.markup;
}

const icon = (shape: string): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${shape}</svg>`)}`;

/** For a tab among others: the shapes of the verdict. */
const ICONS = {
  healthy: icon('<circle cx="8" cy="8" r="7" fill="#2da44e"/>'),
  trouble: icon('<path d="M8 1 15.5 15H.5z" fill="#cf222e"/>'),
} as const;

const footer = (): Html =>
  html`<footer>Asks for itself again every ${REFRESH_SECONDS} seconds. Times are UTC. This process alone: others of the same job know other things. The same as JSON: <code>/status.json</code></footer>`;
