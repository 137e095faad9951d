import { active, type EcpdsRecord } from '../../helpers/ecpds.js';
import { bearer } from '../../helpers/tokens.js';
import type { SecretWatch } from '../secrets/watch.js';

/** Who is on whose list: all that is true in this world. */
export const LISTS: Readonly<Record<string, readonly EcpdsRecord[]>> = {
  alice: active('CIP'),
  bob: active('FOO'),
};

/** Headers by who they name. `alice` may read CIP, `bob` may not, and nobody else is anybody. */
export interface People {
  readonly alice: string;
  readonly bob: string;
  readonly forged: string;
}

export function makePeople(secrets: SecretWatch): People {
  const tokenOf = (username: string): string => {
    const value = bearer({ username });
    secrets.token(value.slice('Bearer '.length));
    return `authorization: ${value}`;
  };
  const alice = tokenOf('alice');
  return { alice, bob: tokenOf('bob'), forged: `${alice.slice(0, -6)}AAAAAA` };
}

export const QUESTION = JSON.stringify({ event_type: 'dissemination', identifier: { destination: 'CIP' } });
