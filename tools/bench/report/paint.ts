import { styleText } from 'node:util';

/** Colours on a terminal, nothing elsewhere. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

const plain = (text: string): string => text;
export const PLAIN: Paint = { good: plain, warn: plain, bad: plain };
export const COLOURED: Paint = {
  good: (text) => styleText('green', text),
  warn: (text) => styleText('yellow', text),
  bad: (text) => styleText('red', text),
};

/** @param env `NO_COLOR` is heard */
export const paintFor = (isTerminal: boolean, env: NodeJS.ProcessEnv): Paint =>
  isTerminal && env['NO_COLOR'] === undefined ? COLOURED : PLAIN;
