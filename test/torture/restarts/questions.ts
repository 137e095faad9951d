import { between, type Random } from '../../../tools/drill/random.js';
import { active, type EcpdsRecord } from '../../helpers/ecpds.js';
import { sign } from '../../helpers/tokens.js';
import type { SecretWatch } from '../secrets/watch.js';

/** One request of a client, and the one answer that is right. */
export interface Question {
  readonly who: string;
  readonly destination: string | null;
  readonly authorization: string | null;
  readonly expected: 200 | 401 | 403;
}

const USERS = 40;
const DESTINATIONS = 12;
const userName = (index: number): string => `user-${index}`;
const destinationName = (index: number): string => `D${index}`;

/** The truth of the test's world: who may read what. Half of it is on either ECPDS server. */
const maySee = (user: number, destination: number): boolean => (user * 7 + destination * 5) % 3 !== 0;

/** The lists of one of two servers. */
export function listsOf(server: 0 | 1): Record<string, readonly EcpdsRecord[]> {
  const all = Array.from({ length: DESTINATIONS }, (_, index) => index);
  return Object.fromEntries(
    Array.from({ length: USERS }, (_, user) => [
      userName(user),
      active(...all.filter((d) => d % 2 === server && maySee(user, d)).map(destinationName)),
    ]),
  );
}

/** Draws questions: most of listed users, some that are refused for other reasons. */
export function asker(random: Random, secrets: SecretWatch, secret: string): () => Question {
  const told = (token: string): string => {
    secrets.token(token);
    return `Bearer ${token}`;
  };
  const tokens = Array.from({ length: USERS }, (_, user) => told(sign({ username: userName(user) }, secret)));
  const forged = told(sign({ username: userName(0) }, `${secret}, but another`));
  const admin = told(sign({ username: 'root', roles: ['admin'] }, secret));
  return () => {
    const user = between(random, [0, USERS - 1]);
    const drawn = between(random, [0, DESTINATIONS - 1]);
    const [who, destination, authorization] = [userName(user), destinationName(drawn), tokens[user] ?? null];
    const chance = random();
    if (chance < 0.05) return { who: 'forged', destination, authorization: forged, expected: 401 };
    if (chance < 0.1) return { who: 'nobody', destination, authorization: null, expected: 401 };
    if (chance < 0.15) return { who: 'admin', destination, authorization: admin, expected: 200 };
    if (chance < 0.2) return { who, destination: null, authorization, expected: 403 };
    return { who, destination, authorization, expected: maySee(user, drawn) ? 200 : 403 };
  };
}

export const bodyOf = ({ destination }: Question): string =>
  JSON.stringify({ event_type: 'dissemination', identifier: destination === null ? {} : { destination } });
