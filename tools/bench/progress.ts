/** Says what is going on: on a terminal in one line that is written over, elsewhere a line each. */
export interface Progress {
  say(line: string): void;
  /** Leaves the terminal's line empty. */
  done(): void;
}

const CLEAR = '\r\u001b[K';

export function createProgress(out: NodeJS.WriteStream, now: () => number): Progress {
  const start = now();
  const stamped = (line: string): string =>
    `${String(Math.round((now() - start) / 1000)).padStart(4)} s  ${line}`;
  return {
    say: (line) => void out.write(out.isTTY ? CLEAR + stamped(line) : `${stamped(line)}\n`),
    done: () => void (out.isTTY && out.write(CLEAR)),
  };
}
