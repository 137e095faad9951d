import type { Draft } from './draft.js';
import { type Problem, problemAt } from './problem.js';
import type { Document } from './schema.js';
import { AUTH } from './schema-aviso.js';
import { checkRealmRoles, checkText, isPadded, must } from './text-rules.js';
import { parseBaseUrl } from './url-rules.js';

type Auth = Draft<Document['auth']>;

/** What `auth` must hold once it is enabled. While it is not, Aviso's example leaves it half empty, and so may we. */
export function checkAuth(auth: Auth | undefined): Problem[] {
  if (auth?.enabled !== true) return [];
  return [
    ...checkSecret(auth),
    ...checkAuthOTron(auth),
    ...checkRealmRoles(['auth', 'admin_roles'], auth.admin_roles, must(AUTH.properties.admin_roles)),
  ];
}

function checkSecret({ jwt_secret: secret }: Auth): Problem[] {
  const path = ['auth', 'jwt_secret'];
  const cure = must(AUTH.properties.jwt_secret);
  return secret === '' ? [problemAt(path, 'is missing', cure)] : checkText(path, secret, cure);
}

function checkAuthOTron({ mode, auth_o_tron_url: url }: Auth): Problem[] {
  const path = ['auth', 'auth_o_tron_url'];
  const cure = must(AUTH.properties.auth_o_tron_url);
  if (url === undefined) return [];
  if (mode !== 'direct') return isPadded(url) ? [problemAt(path, 'has blanks around it', cure)] : [];
  if (url === '') return [problemAt(path, 'is missing, and `auth.mode` is `direct`', cure)];
  const parsed = parseBaseUrl(url);
  return parsed.ok ? [] : [problemAt(path, parsed.failure, cure)];
}
