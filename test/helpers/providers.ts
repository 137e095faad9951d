import type { ProviderSettings } from '../../src/identity/jwks/settings.js';

/** A provider as configured, named Gitlab unless told otherwise. */
export const providerSettings = (parts: Partial<ProviderSettings> = {}): ProviderSettings => ({
  name: 'Gitlab',
  issuer: 'https://gitlab.example',
  jwksUri: new URL('https://gitlab.example/keys'),
  audience: 'aviso',
  algorithms: ['RS256'],
  realm: { kind: 'fixed', realm: 'gitlab' },
  usernameClaim: 'username',
  rolesClaim: 'roles',
  required: true,
  ecpdsUsers: false,
  ...parts,
});
