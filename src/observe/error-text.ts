/** The name of a bug and where it is, without its message: that may quote what a client or a server sent. */
export function errorText(cause: unknown): string {
  try {
    if (!(cause instanceof Error)) return typeof cause;
    const at = /^\s*at .*$/m.exec(cause.stack ?? '')?.[0].trim() ?? '';
    return `${cause.name} ${at}`.trim();
  } catch {
    // What was thrown cannot even be looked at; the event about it is written all the same.
    return 'unreadable';
  }
}

/** The name of a bug and all the places it came through, without its message, for the same reason. */
export function errorTrace(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  const { name, message, stack = '' } = cause;
  const lines = stack.replace(message, '').split('\n');
  return [name, ...lines.filter((line) => /^ {4}at /.test(line))].join('\n');
}
