import { createHash } from 'node:crypto';
import { DARK, HUES, LIGHT, type Palette } from './palette.js';

const colours = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

const fills = HUES.map((hue) => `.${hue}{fill:var(--${hue});background:var(--${hue})}`).join('\n');

/** The style sheet of the page. The system's own fonts, and the colours of its scheme. */
export const STYLE = `
:root{color-scheme:light dark;${colours(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${colours(DARK)}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:66rem;background:var(--paper);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
h1,h2,h3,p,ul,figure,dl,dd,pre{margin:0}
h1{font-size:1.75rem;line-height:1.2;display:flex;align-items:center;gap:.6rem;flex-wrap:wrap}
h1 .dim{font-size:1rem;font-weight:400}
h2{font-size:1.125rem;margin:2rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--rule)}
h3{font-size:1.0625rem}
ul{padding-left:1.25rem}
.pending{padding:0;margin-bottom:.5rem;list-style:none}
code,pre{font:.875em/1.5 ui-monospace,"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace}
pre code{font-size:1em}
.dim,caption,.about,.label,.scale,dt,th{color:var(--dim)}
.verdict{padding:1rem;border-radius:.5rem;border:1px solid;border-left-width:.5rem}
.verdict.good{background:var(--ok-ground);border-color:var(--ok)}
.verdict.bad{background:var(--bad-ground);border-color:var(--bad)}
.verdict.good h1{color:var(--ok)}
.verdict.bad h1{color:var(--bad)}
.verdict .dim,.verdict .about{color:var(--text)}
.summary{margin-top:.5rem;font-size:1.125rem;font-weight:600}
.about{margin-top:.25rem;font-size:.875rem}
.mark{width:1em;height:1em;flex:none;vertical-align:-.125em}
.mark.good{fill:var(--ok)}
.mark.bad{fill:var(--bad)}
.mark .on{fill:none;stroke:var(--paper);stroke-width:1.8}
.state,.nowrap,th{white-space:nowrap}
.state.good{color:var(--ok)}
.state.bad{color:var(--bad);font-weight:600;white-space:normal}
article{margin:.75rem 0;padding:1rem;border:1px solid var(--rule);border-left:.25rem solid var(--bad);border-radius:.375rem;background:var(--surface)}
article>*+*{margin-top:.5rem}
.tags span{display:inline-block;margin-right:.25rem;padding:0 .6rem;border:1px solid var(--rule);border-radius:1rem;font-size:.875rem;background:var(--paper)}
.label{font-size:.875rem}
article .command{margin-top:.125rem}
pre{padding:.625rem .75rem;border:1px solid var(--rule);border-radius:.375rem;background:var(--paper);white-space:pre-wrap}
.command{user-select:all;-webkit-user-select:all}
.command span{display:inline-block;max-width:100%}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
section>table td:first-child{min-width:15rem}
caption{text-align:left;font-size:.875rem;padding-bottom:.25rem}
th,td{padding:.375rem .75rem .375rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
th{font-size:.875rem;font-weight:400}
.error{display:block;font-size:.875rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr));gap:1.5rem 2rem;align-items:start}
figcaption{font-weight:600}
.scale{display:flex;justify-content:space-between;font-size:.8125rem}
.chart{display:block;width:100%;height:7.5rem;margin:.125rem 0}
.grid{fill:none;stroke:var(--rule);vector-effect:non-scaling-stroke}
.legend{margin-top:.5rem;font-size:.875rem}
.legend th,.legend td{padding:.125rem 0 .125rem .75rem;text-align:right}
.legend th:first-child{padding-left:0;text-align:left}
.legend tbody th:first-child{color:var(--text)}
.legend tbody th:first-child{white-space:normal;padding-left:1.15rem;text-indent:-1.15rem}
.legend td{white-space:nowrap;font-variant-numeric:tabular-nums}
.swatch{display:inline-block;width:.75rem;height:.75rem;margin-right:.4rem;border-radius:.125rem;vertical-align:-.0625rem}
.rest,.none{margin-top:.25rem;font-size:.875rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}
dt{font-size:.875rem;line-height:1.7}
.pair{display:inline-block;margin-right:1rem}
meter{width:100%;max-width:24rem;height:1rem}
summary{cursor:pointer;padding:.25rem 0}
footer{margin-top:2rem;font-size:.875rem;color:var(--dim)}
${fills}
@media (max-width:44rem){
.legend{font-size:.9375rem}
section>table,section>table tbody,section>table tr,section>table td,section>table caption{display:block}
section>table thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
section>table tr{padding:.5rem 0;border-bottom:1px solid var(--rule)}
section>table td:first-child{min-width:0}
section>table td{display:grid;grid-template-columns:7rem 1fr;padding:.125rem 0;border:0}
section>table td::before{content:attr(data-label);color:var(--dim);font-size:.875rem}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.5rem}
}
`;

/**
 * What the page needs of a browser, and no more: this one style sheet, and pictures that are in the page itself. No
 * script, no form, no frame, nothing from anywhere else.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
