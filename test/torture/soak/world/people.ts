/** What is special about a user; a user's name begins with it. */
export const HABITS = {
  /** Asked for all the time: from the cache. */
  steady: 40,
  /** Asked for so seldom that the list has expired. */
  rare: 600,
  /** Asked for by several at once. */
  crowd: 100,
  /** Whose list changes during the run. */
  changing: 12,
  /** For whom one ECPDS server answers with something unusable. */
  failing: 60,
  /** For whom one ECPDS server answers never. */
  hanging: 12,
  /** For whom ECPDS takes a while. */
  slow: 100,
  admin: 4,
} as const;
export type Habit = keyof typeof HABITS;

/** `steady-7`. */
export const nameOf = (habit: Habit, index: number): string => `${habit}-${index}`;

/** A user by name. @throws for a name that is none of {@link nameOf} */
export function userOf(name: string): { readonly habit: Habit; readonly index: number } {
  const [habit = '', index = ''] = name.split('-');
  if (!Object.hasOwn(HABITS, habit)) throw new Error(`no user of this world: ${name}`);
  return { habit: habit as Habit, index: Number(index) };
}

/** Every user of this world. */
export const everybody = (): readonly string[] =>
  (Object.keys(HABITS) as Habit[]).flatMap((habit) =>
    Array.from({ length: HABITS[habit] }, (_, index) => nameOf(habit, index)),
  );
