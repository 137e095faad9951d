import type { Readable } from 'node:stream';

/** What Node says about its inspector. */
const OF_INSPECTOR =
  /^(Debugger listening on (ws:\S+)|For help, see: \S+|Debugger attached\.|Debugger ending on \S+|Waiting for the debugger to disconnect\.\.\.)$/;

/** Reads a sidecar's log and error output line by line, and counts its events. */
export class LogReader {
  /** How often each event was logged, by its name. */
  readonly events = new Map<string, number>();
  /** Calls that were never made because their turn did not come in time, by the server's index. */
  readonly neverMade = [0, 0];
  /** Lines of the error output that are not about the inspector. */
  readonly errors: string[] = [];
  inspectorUrl: string | null = null;
  #lines = 0;

  /** @param saw shown each line */
  constructor(log: Readable, errors: Readable, saw: (where: string, line: string) => void) {
    eachLine(log, (line) => {
      saw('log of the soak', line);
      this.#count(line);
    });
    eachLine(errors, (line) => {
      saw('error output of the soak', line);
      const about = OF_INSPECTOR.exec(line);
      if (about === null) this.errors.push(line);
      else this.inspectorUrl = about[2] ?? this.inspectorUrl;
    });
  }

  get lines(): number {
    return this.#lines;
  }

  #count(line: string): void {
    this.#lines += 1;
    const name = /"event_name":"([^"]*)"/.exec(line)?.[1] ?? 'no event';
    this.events.set(name, (this.events.get(name) ?? 0) + 1);
    if (name === 'auth.ecpds.fetch.failed') this.#countFailure(JSON.parse(line));
  }

  #countFailure({ server_index, error }: FetchFailed): void {
    if (error.startsWith('no turn')) this.neverMade[server_index] = (this.neverMade[server_index] ?? 0) + 1;
  }
}

interface FetchFailed {
  readonly server_index: number;
  readonly error: string;
}

function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}
