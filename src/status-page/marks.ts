import { type Html, html, trusted } from './html.js';

/** `good`: a tick in a disc; `bad`: an exclamation mark in a triangle; `idle`: an empty ring. Told apart by shape. */
export type Mark = 'good' | 'bad' | 'idle';

const SHAPES: Readonly<Record<Mark, string>> = {
  good: '<circle cx="8" cy="8" r="7.5"/><path class="on" d="M4.2 8.4l2.6 2.6 5-5.4"/>',
  bad: '<path d="M8 .8 15.7 15H.3z"/><path class="on" d="M8 5.6v4.6M8 12.2v.9"/>',
  idle: '<circle class="ring" cx="8" cy="8" r="6"/>',
};

/** A shape that goes with a word beside it, and is not read out. */
export const mark = (of: Mark): Html =>
  html`<svg class="mark ${of}" viewBox="0 0 16 16" aria-hidden="true">${trusted(SHAPES[of])}</svg>`;

/** A word and its shape. */
export const marked = (of: Mark, word: string): Html =>
  html`<span class="state ${of}">${mark(of)} ${word}</span>`;
