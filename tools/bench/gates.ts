import type { Figure, FigureId } from './figures.js';

/** An aim of the project for one figure. */
export interface Gate {
  readonly figure: FigureId;
  readonly kind: 'at_least' | 'at_most';
  readonly aim: number;
  /**
   * Whether a regression fails the run. Those are the ratios to something static that ran at the same time. Latencies
   * and sizes differ from machine to machine; and when HTTP gets faster, gRPC has lost nothing by it.
   */
  readonly guarded: boolean;
}

export const GATES: readonly Gate[] = [
  { figure: 'envoy.http_to_static', kind: 'at_least', aim: 0.9, guarded: true },
  { figure: 'envoy.grpc_to_static', kind: 'at_least', aim: 0.8, guarded: true },
  { figure: 'envoy.grpc_to_http', kind: 'at_least', aim: 0.7, guarded: false },
  { figure: 'direct.to_bare', kind: 'at_least', aim: 0.8, guarded: true },
  { figure: 'users.p99_many_to_one', kind: 'at_most', aim: 1.5, guarded: false },
  { figure: 'memory.growth', kind: 'at_most', aim: 30, guarded: false },
  { figure: 'isolation.p99_to_healthy', kind: 'at_most', aim: 1.2, guarded: false },
];

/** How much of its former value a guarded figure may lose. */
const TOLERANCE = 0.2;

export interface Verdict {
  readonly gate: Gate;
  readonly value: number;
  readonly met: boolean;
  /** The committed value, if there is one. */
  readonly before: number | null;
  readonly regressed: boolean;
}

/** The verdict on every gate whose figure was measured. */
export function judge(figures: readonly Figure[], committed: readonly Figure[]): readonly Verdict[] {
  return GATES.flatMap((gate) => {
    const value = measured(gate.figure, figures);
    if (value === null) return [];
    const before = measured(gate.figure, committed);
    const regressed = gate.guarded && before !== null && isWorse(gate, value, before);
    return [{ gate, value, met: meets(gate, value), before, regressed }];
  });
}

const measured = (id: FigureId, figures: readonly Figure[]): number | null =>
  figures.find((figure) => figure.id === id)?.value ?? null;

const meets = ({ kind, aim }: Gate, value: number): boolean =>
  kind === 'at_least' ? value >= aim : value <= aim;

const isWorse = ({ kind }: Gate, value: number, before: number): boolean =>
  kind === 'at_least' ? value < before * (1 - TOLERANCE) : value > before * (1 + TOLERANCE);
