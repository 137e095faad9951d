import type { Context, Mode } from './context.js';
import type { Figure } from './figures.js';
import type { Curve } from './growth.js';
import { direct } from './parts/direct.js';
import { envoy, envoyGates } from './parts/envoy.js';
import { growth } from './parts/growth.js';
import { isolation } from './parts/isolation.js';
import { memory } from './parts/memory.js';
import { users } from './parts/users.js';

export const PART_NAMES = ['envoy', 'direct', 'users', 'memory', 'isolation', 'growth'] as const;
export type PartName = (typeof PART_NAMES)[number];

export interface PartResult {
  readonly figures: readonly Figure[];
  readonly curves: readonly Curve[];
}

type Part = (context: Context) => Promise<PartResult>;

const figuresOnly =
  (part: (context: Context) => Promise<readonly Figure[]>): Part =>
  async (context) => ({ figures: await part(context), curves: [] });

const PARTS: Record<PartName, Part> = {
  envoy: figuresOnly(envoy),
  direct: figuresOnly(direct),
  users: figuresOnly(users),
  memory: figuresOnly(memory),
  isolation: figuresOnly(isolation),
  growth: async (context) => ({ figures: [], curves: await growth(context) }),
};

/** The parts that have a guarded gate. */
const GATED = { envoy: figuresOnly(envoyGates), direct: PARTS.direct };

/** What a mode runs, narrowed down to the parts asked for. */
export function partsOf(mode: Mode, only: readonly PartName[]): readonly (readonly [PartName, Part])[] {
  const parts = Object.entries(mode === 'gates' ? GATED : PARTS) as [PartName, Part][];
  return parts.filter(([name]) => only.length === 0 || only.includes(name));
}

export const isPartName = (name: string): name is PartName => PART_NAMES.some((known) => known === name);
