const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A stretch of time in its two largest units: `3 min 20 s`, `2 d 4 h`. Its parts are not torn apart. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / DAY), 'd'],
    [Math.floor((whole % DAY) / HOUR), 'h'],
    [Math.floor((whole % HOUR) / MINUTE), 'min'],
    [whole % MINUTE, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0\u00a0s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}\u00a0${unit}`)
    .join('\u00a0');
}

/** About how long: `5 min` for what was to be five minutes, and took a few seconds more. */
export const about = (seconds: number): string =>
  seconds < MINUTE ? duration(seconds) : duration(Math.round(seconds / MINUTE) * MINUTE);

/** A whole number with its thousands apart: `12,345`. */
export const count = (value: number): string => Math.round(value).toLocaleString('en');

/** A rate or another number that may be small: `0.4`, `7`, `1,234`. */
export const figure = (value: number): string =>
  value < 10 ? String(Math.round(value * 10) / 10) : count(value);

/** `1 key`, `3 keys`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** A share as `96 %`, rounded so that only all is 100 % and only nothing is 0 %; null of nothing. */
export function percentage(part: number, whole: number): string | null {
  if (whole <= 0) return null;
  const rounded = Math.round((part / whole) * 100);
  if (rounded === 100 && part < whole) return '> 99 %';
  return rounded === 0 && part > 0 ? '< 1 %' : `${rounded} %`;
}

/** The time of day of an ISO 8601 date: `02:57:10`. The text itself when it is none. */
export function timeOfDay(iso: string, secondsLater = 0): string {
  const at = new Date(Date.parse(iso) + secondsLater * 1000);
  return Number.isNaN(at.getTime()) ? iso : at.toISOString().slice(11, 19);
}

export const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
