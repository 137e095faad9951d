import type { FetchFailure } from '../domain/fetch-outcome.js';
import { fail } from '../domain/result.js';
import type { ServerState, ServerTrouble } from '../domain/server-state.js';
import type { Fetch } from '../http/bounded-get.js';
import { Circuit, type CircuitSettings } from './circuit.js';
import type { Clock } from './clock.js';
import { Limiter, type Limits } from './limiter.js';
import type { ServerAnswer } from './merge.js';
import type { BackgroundObserver, CheckContext, ServerObserver, ServerRef } from './observer.js';
import {
  askServer,
  type ServerFailure,
  type ServerReport,
  type ServerSettings,
  uncallableFor,
} from './server.js';

export interface EcpdsServerOptions {
  readonly settings: ServerSettings;
  readonly limits: Limits;
  /** Null: no circuit breaker. */
  readonly circuit: CircuitSettings | null;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly observer: ServerObserver & BackgroundObserver;
}

/** One ECPDS server with what protects it and us: a cap on calls, a queue, a circuit breaker (contract section 8). */
export class EcpdsServer {
  readonly #at: ServerRef;
  readonly #options: EcpdsServerOptions;
  readonly #limiter: Limiter;
  readonly #circuit: Circuit | null;
  #trouble: ServerTrouble | null = null;
  /** Lets go of those who wait for an answer while the circuit is closed. */
  readonly #releases = new Set<() => void>();

  constructor(at: ServerRef, options: EcpdsServerOptions) {
    this.#at = at;
    this.#options = options;
    this.#limiter = new Limiter(options.limits);
    this.#circuit = options.circuit === null ? null : this.#breaker(options.circuit);
  }

  get at(): ServerRef {
    return this.#at;
  }

  /** Whether `ask` would be answered, made, or find a place to wait. */
  get hasRoom(): boolean {
    return this.#circuitOutcome !== null || this.#limiter.hasRoom;
  }

  /**
   * Asks for a user's destinations when its turn comes. With an open circuit the answer is its last failure, at once. Who
   * waited for a turn as long as a call may take is not asked for any more: what other servers said meanwhile gets old.
   */
  async ask(context: CheckContext): Promise<ServerAnswer> {
    const { clock, settings } = this.#options;
    const latestStart = clock.now() + settings.requestTimeoutMs;
    const standIn = this.#standIn();
    if (standIn !== null) return standIn;
    const uncallable = uncallableFor(this.#at.server, context.username);
    if (uncallable !== null) return this.#notCalled(context, uncallable);
    return this.#unlessOpened((answered) => {
      const call = async () =>
        this.#standIn() ??
        (clock.now() > latestStart ? this.#tooLate(context) : this.#call(context, answered));
      return this.#limiter.run(call);
    });
  }

  state(): ServerState {
    return {
      ...this.#at,
      failure: this.#trouble,
      circuitOpen: this.#circuitOutcome !== null,
      inFlight: this.#limiter.inFlight,
      queued: this.#limiter.queued,
    };
  }

  /** Ends background probes. Calls that run or wait go on. */
  stop(): void {
    this.#circuit?.stop();
  }

  get #circuitOutcome(): FetchFailure | null {
    return this.#circuit?.openWith ?? null;
  }

  /**
   * The answer, or the stand-in when the circuit opens before. The call itself goes on, and keeps its place.
   *
   * @param ask calls `answered` once there is an answer: its own failure is not for the circuit to replace
   */
  #unlessOpened(ask: (answered: () => void) => Promise<ServerAnswer>): Promise<ServerAnswer> {
    return new Promise((resolve, reject) => {
      const release = (): void => {
        const standIn = this.#standIn();
        if (standIn !== null) resolve(standIn);
      };
      const answered = (): void => void this.#releases.delete(release);
      this.#releases.add(release);
      ask(answered).then(resolve, reject).finally(answered);
    });
  }

  #standIn(): ServerAnswer | null {
    const outcome = this.#circuitOutcome;
    return outcome === null ? null : { result: fail({ outcome, error: 'circuit open' }) };
  }

  #tooLate(context: CheckContext): ServerReport {
    const error = `no turn within ${this.#options.settings.requestTimeoutMs} ms`;
    return this.#notCalled(context, { outcome: 'Unreachable', error });
  }

  /** No call was made, so it says nothing about the server: neither to its circuit nor to its health. */
  #notCalled(context: CheckContext, failure: ServerFailure): ServerReport {
    const { targetField } = this.#options.settings;
    const result = fail(failure);
    const report = { ...this.#at, targetField, status: null, durationMs: 0, result };
    this.#options.observer.serverAnswered(context, report);
    return report;
  }

  async #call(context: CheckContext, answered: () => void): Promise<ServerReport> {
    const { settings, observer } = this.#options;
    const span = context.span?.calling(this.#at.server, this.#at.index);
    const report = await this.#get(settings, context.username, span?.headers);
    span?.ended(report.status, report.result.ok ? 'Success' : report.result.failure.outcome);
    answered();
    observer.serverAnswered(context, report);
    this.#circuit?.record(report.result.ok ? 'Success' : report.result.failure.outcome, context.username);
    return report;
  }

  async #get(
    settings: ServerSettings,
    username: CheckContext['username'],
    headers?: Readonly<Record<string, string>>,
  ): Promise<ServerReport> {
    const { index, server } = this.#at;
    const { fetch } = this.#options;
    const asks = headers === undefined ? fetch : sending(headers, fetch);
    const report = await askServer(settings, asks, index, server, username);
    this.#noteHealth(report.result);
    return report;
  }

  #noteHealth(result: ServerReport['result']): void {
    const since = this.#trouble?.since ?? this.#options.clock.now();
    this.#trouble = result.ok ? null : { ...result.failure, since };
  }

  /** A probe is given up after a period, so that the next one is never late. */
  #breaker(settings: CircuitSettings): Circuit {
    const { settings: asked, observer } = this.#options;
    const limited = { ...asked, requestTimeoutMs: Math.min(asked.requestTimeoutMs, settings.openMs) };
    return new Circuit(settings, {
      probe: async (username) => {
        const report = await this.#limiter.run(() => this.#get(limited, username));
        observer.probeAnswered(report);
        return report;
      },
      opened: (outcome) => {
        observer.circuitOpened(this.#at, outcome);
        for (const release of this.#releases) release();
      },
      closed: () => observer.circuitClosed(this.#at),
      broke: (cause) => observer.backgroundFailed('probe', cause),
    });
  }
}

const sending =
  (headers: Readonly<Record<string, string>>, fetch: Fetch): Fetch =>
  (url, init) =>
    fetch(url, { ...init, headers: { ...init.headers, ...headers } });
