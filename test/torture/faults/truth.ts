/** Who reads what in the world of this part, known without asking anything of the program. */
export const truthOf = (username: string, destination: string): boolean =>
  username.startsWith('reader') ? destination === 'CIP' : username === 'other' && destination === 'FOO';

/** The status of a gated request. */
export const statusOf = (username: string, destination: string): 200 | 403 =>
  truthOf(username, destination) ? 200 : 403;

/** What each of the two federated servers lists for a user. */
export function listedBy(server: number, username: string): readonly string[] {
  if (username.startsWith('reader')) return server === 0 ? ['CIP'] : [];
  return username === 'other' && server === 1 ? ['FOO'] : [];
}
