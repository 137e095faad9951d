import type { Identity } from '../../src/domain/identity.js';
import { asUsername } from '../../src/domain/names.js';

/** Alice of realm `ecmwf`, without roles unless told otherwise. */
export const identity = (
  parts: Partial<Omit<Identity, 'username'>> & { username?: string } = {},
): Identity => ({
  realm: 'ecmwf',
  issuer: null,
  roles: [],
  ...parts,
  username: asUsername(parts.username ?? 'alice'),
});
