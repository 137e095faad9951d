/** The name of a bug and where it is, without its message: that may quote what a client or a server sent. */
export const errorText = (cause: unknown): string =>
  told(cause, (error) => `${error.name} ${placesOf(error)[0]?.trim() ?? ''}`.trim());

/** The name of a bug and all the places it came through, without its message, for the same reason. */
export const errorTrace = (cause: unknown): string =>
  told(cause, (error) => [error.name, ...placesOf(error)].join('\n'));

/** What was thrown may be anything; if it cannot even be looked at, what is said about it is said all the same. */
function told(cause: unknown, tell: (error: Error) => string): string {
  try {
    return cause instanceof Error ? tell(cause) : typeof cause;
  } catch {
    return 'unreadable';
  }
}

/** Lines of the stack, none of them of the message, which may look like one. */
const placesOf = ({ message, stack = '' }: Error): string[] =>
  stack
    .replace(message, '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
