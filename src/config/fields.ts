import { type SchemaOptions, type TObject, Type } from '@sinclair/typebox';

/**
 * What every setting carries beside its type: the reference table in `docs/configuration.md` and the cure in a
 * `Problem` are both made from it.
 *
 * - `description`: what the setting is for, with its unit.
 * - `must`: what a right value looks like.
 * - `secret`: its value is in no message, warning or dump.
 */
export interface Notes extends SchemaOptions {
  description: string;
  must: string;
  secret?: boolean;
  default?: unknown;
}

export const notes = (options: Notes): Notes => options;

/** The longest time of any timeout here, in seconds: timers of Node overflow at 2^31 milliseconds. */
const DAY_SECONDS = 86_400;
/** The longest age of anything kept, in seconds: 2^31 - 1 milliseconds, rounded down. */
const MAX_AGE_SECONDS = 2_147_483;

const wholeSeconds = (description: string, fallback: number, maximum: number, minimum = 1) =>
  Type.Integer({
    ...notes({ description, must: `a whole number of seconds, ${minimum} to ${maximum}` }),
    default: fallback,
    minimum,
    maximum,
  });

/** A length of time in seconds after which something here gives up. */
export const timeoutSeconds = (description: string, fallback: number, minimum = 1) =>
  wholeSeconds(description, fallback, DAY_SECONDS, minimum);

/** A length of time in seconds for which something here is kept. */
export const ageSeconds = (description: string, fallback: number, minimum = 1) =>
  wholeSeconds(description, fallback, MAX_AGE_SECONDS, minimum);

export const flag = (description: string, fallback: boolean) =>
  Type.Boolean({ ...notes({ description, must: '`true` or `false`' }), default: fallback });

/** A block that `null` switches off; left out, it has its defaults. */
export const orNull = <T extends TObject>(block: T, options: Omit<Notes, 'default'>) =>
  Type.Union([block, Type.Null()], { ...options, nullable: true, default: {} });

const ROLES = Type.Array(
  Type.String(notes({ description: 'A role of the realm; `*` is any role.', must: 'a text' })),
  notes({ description: 'The roles of one realm.', must: 'a list with at least one role' }),
);

/** A map of realm to roles, with the notes of the setting that it is used for. */
export const realmRoles = (options: Notes) => Type.Record(Type.String(), ROLES, options);
