import { saidBy } from './answers.js';
import type { Kind, Said } from './contract.js';
import type { Call } from './network.js';
import { CALL_MS, type Settings } from './settings.js';

interface State {
  failures: number;
  /** Null while calls are made. */
  open: { kind: Kind; readonly since: number; probedAt: number } | null;
  /** The user of the last failed call. */
  user: string;
}

const isOutage = (said: Said): boolean =>
  !said.usable && (said.kind === 'Unreachable' || said.kind === 'ServerError');

/** Circuit breakers as the contract has them (section 8), told of every call. */
export class Circuits {
  readonly probes = new Set<Call>();
  readonly wrong: string[] = [];
  readonly #states: readonly State[];
  readonly #openMs: number;
  readonly #failures: number;

  constructor(private readonly settings: Settings) {
    const breaker = settings.protections.circuit_breaker;
    this.#states = settings.servers.map(() => ({ failures: 0, open: null, user: '' }));
    this.#openMs = (breaker?.open_seconds ?? 0) * 1000;
    this.#failures = breaker?.failures ?? Number.POSITIVE_INFINITY;
  }

  /** What an open circuit stands for, or null. */
  standIn(server: number): Said | null {
    const open = this.#states[server]?.open ?? null;
    return open === null ? null : { usable: false, kind: open.kind };
  }

  starts(call: Call): void {
    const state = this.#states[call.server];
    if (state?.open == null) return;
    this.probes.add(call);
    if (call.user !== state.user) this.wrong.push(`probed for ${call.user}, not for ${state.user}`);
    const waited = call.startedAt - state.open.probedAt;
    if (waited !== this.#openMs) this.wrong.push(`called after ${waited} ms of an open circuit`);
    state.open.probedAt = call.startedAt;
  }

  ends(call: Call): void {
    const state = this.#states[call.server];
    if (state === undefined) return;
    const isProbe = this.probes.has(call);
    const limit = isProbe ? Math.min(CALL_MS, this.#openMs) : CALL_MS;
    const said = saidBy(call.answer, this.settings.field, limit);
    if (isOutage(said) && !said.usable) this.#failed(state, said.kind, call, isProbe);
    else if (isProbe || state.open === null) Object.assign(state, { failures: 0, open: null });
  }

  #failed(state: State, kind: Kind, call: Call, isProbe: boolean): void {
    const at = call.endedAt ?? 0;
    state.user = call.user;
    if (state.open !== null) state.open.kind = kind;
    if (isProbe) return;
    state.failures += 1;
    if (state.open === null && state.failures >= this.#failures)
      state.open = { kind, since: at, probedAt: at };
  }
}
