import { heldBytes } from './held.js';
import { answerFor, userName } from './users.js';

/**
 * The store that one would write first: a map from user to the set of names in their answer. Its arguments: users,
 * destinations per user, distinct names. Run with `--expose-gc`; reports what it holds, in bytes.
 */
const [users = 0, perUser = 1, distinct = 1] = process.argv.slice(2).map(Number);

interface Answer {
  readonly destinationList: readonly { readonly name: string }[];
}

const before = heldBytes();
const store = new Map<string, Set<string>>();
for (let index = 0; index < users; index++) {
  const { destinationList }: Answer = JSON.parse(answerFor(userName(index), perUser, distinct));
  store.set(userName(index), new Set(destinationList.map(({ name }) => name)));
}
process.send?.(String(heldBytes() - before));
process.once('disconnect', () => store.clear());
