/**
 * One event as a logfmt line: `key=value` pairs, a value quoted only where it must be, so that the runbook's greps
 * (`event_name=auth.ecpds.check.denied`, `reason=DestinationNotInList`) match literally. A value can never start a new
 * pair or a new line.
 */
export function logfmtLine(record: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(record).map(([key, value]) => `${key}=${logfmtValue(value)}`);
  return `${pairs.join(' ')}\n`;
}

const BARE = /^[A-Za-z0-9_.:/@+*-]+$/;

function logfmtValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return BARE.test(text) ? text : JSON.stringify(text).replace(UNESCAPED, escapeOf);
}

/** What JSON may leave as it is, though some readers take it for a line end and terminals for a command. */
const UNESCAPED = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

const escapeOf = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
