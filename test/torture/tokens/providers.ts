import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestKey, testKey } from '../../helpers/keys.js';
import type { ProviderTruth } from '../reference/world.js';

/** Two identity providers, one whose keys name each of two algorithms, and keys that are nobody's. */
export interface Providers {
  readonly truth: readonly ProviderTruth[];
  /** As they are configured. */
  readonly configured: readonly Readonly<Record<string, unknown>>[];
  readonly keys: Readonly<Record<KeyName, TestKey>>;
  close(): Promise<void>;
}

export type KeyName = 'rsa' | 'ec' | 'ed' | 'foreignRsa' | 'foreignEc' | 'foreignEd';
export const ISSUERS = ['https://one.example', 'https://two.example'] as const;

/** Their key sets are served on loopback. Both have a key of one name. */
export async function startProviders(): Promise<Providers> {
  const keys = {
    rsa: testKey('rsa', 'one-rsa'),
    ec: testKey('p256', 'shared'),
    ed: testKey('ed25519', 'shared'),
    foreignRsa: testKey('rsa', 'one-rsa'),
    foreignEc: testKey('p256', 'shared'),
    foreignEd: testKey('ed25519', 'shared'),
  };
  const sets: Readonly<Record<string, readonly TestKey[]>> = {
    '/one': [keys.rsa, keys.ec],
    '/two': [keys.ed],
  };
  const server = createServer(({ url = '' }, response) =>
    response.end(JSON.stringify({ keys: (sets[url] ?? []).map(({ jwk }) => jwk) })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const common = { username_claim: 'username', roles_claim: 'roles' };
  return {
    keys,
    truth: [
      {
        issuer: ISSUERS[0],
        audience: 'aviso',
        realm: 'one',
        algorithms: ['RS256', 'ES256'],
        ecpdsUsers: true,
        keys: [keyTruth(keys.rsa, 'RS256'), keyTruth(keys.ec, 'ES256')],
      },
      {
        issuer: ISSUERS[1],
        audience: null,
        realm: 'two',
        algorithms: ['EdDSA'],
        ecpdsUsers: false,
        keys: [keyTruth(keys.ed, 'EdDSA')],
      },
    ],
    configured: [
      {
        ...common,
        name: 'one',
        issuer: ISSUERS[0],
        jwks_uri: `${base}/one`,
        audience: 'aviso',
        algorithms: ['RS256', 'ES256'],
        realm: 'one',
        ecpds_users: true,
      },
      {
        ...common,
        name: 'two',
        issuer: ISSUERS[1],
        jwks_uri: `${base}/two`,
        algorithms: ['EdDSA'],
        realm: 'two',
        ecpds_users: false,
      },
    ],
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const keyTruth = ({ kid, publicKey }: TestKey, algorithm: string) => ({ kid, algorithm, publicKey });
