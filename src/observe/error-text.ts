/** The name of a bug and where it is, without its message: that may quote what a client or a server sent. */
export function errorText(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  return `${cause.name} ${placesOf(cause)[0]?.trim() ?? ''}`.trim();
}

/** The name of a bug and all the places it came through, without its message, for the same reason. */
export function errorTrace(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  return [cause.name, ...placesOf(cause)].join('\n');
}

/** Lines of the stack, none of them of the message, which may look like one. */
const placesOf = ({ message, stack = '' }: Error): string[] =>
  stack
    .replace(message, '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
