import type { Failure } from '../part.js';
import type { SecretWatch } from './watch.js';

/** What came of looking. */
export interface Found {
  cases: number;
  allowed: number;
  wrongAllows: number;
  readonly failures: Failure[];
}

/** Shows the watch what one sidecar or command lets out, and says of each leak what it was in. */
export class Eye {
  constructor(
    private readonly watch: SecretWatch,
    readonly found: Found,
    /** Such as `direct, secrets by environment, logfmt`. */
    private readonly what: string,
  ) {}

  /** @param where one of few places, such as `logs` */
  saw(where: string, text: string): void {
    for (const line of text.split('\n')) {
      const before = this.watch.leaks.length;
      this.watch.saw(where, line);
      for (const { secret } of this.watch.leaks.slice(before))
        this.failed(`${secret} in ${where}${eventOf(line)}`);
    }
  }

  /** A token that is let out where it is meant to be, and is looked for everywhere else. */
  tokenMeant(token: string): void {
    this.watch.token(token);
  }

  failed(what: string): void {
    this.found.failures.push({ what: `${this.what}: ${what}` });
  }
}

/** The event that a line is about, for whoever has to find it; not the line, which has the secret. */
function eventOf(line: string): string {
  const name = /\bevent_name"?[:=]"?([\w.]+)/.exec(line)?.[1];
  return name === undefined ? '' : `: ${name}`;
}
