import { createHash } from 'node:crypto';
import type { Context } from '../../part.js';
import type { WorldSecrets } from './configuration.js';

/** The secrets of a fuzzed world, which follow from the seed; they are told to the watch. */
export function fuzzSecrets({ seed, secrets }: Context): WorldSecrets {
  const [jwtSecret, servicePassword] = ['jwt_secret', 'password'].map((kind) => {
    const value = createHash('sha256').update(`fuzzed ${kind} ${seed}`).digest('base64url');
    secrets.secret(kind, value);
    return value;
  });
  return { jwtSecret: jwtSecret ?? '', servicePassword: servicePassword ?? '' };
}
