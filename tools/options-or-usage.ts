/** What a tool was asked for on its command line, or null after saying on standard error how it is asked. */
export function optionsOrUsage<Options>(
  read: (args: readonly string[]) => Options,
  usage: string,
): Options | null {
  try {
    return read(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return null;
  }
}
