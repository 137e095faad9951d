import { checkAuth } from './auth-rules.js';
import type { Draft } from './draft.js';
import { checkEcpds } from './ecpds-rules.js';
import { checkStreams } from './gate-rules.js';
import { checkIdentity, checkProvidersAuth } from './identity-rules.js';
import type { Problem } from './problem.js';
import type { Document } from './schema.js';
import { checkSidecar } from './sidecar-rules.js';

/** Everything that must hold beyond the types of single settings (contract section 5), all problems at once. */
export function checkRules(draft: Draft<Document>): Problem[] {
  return [
    ...checkAuth(draft.auth),
    ...checkEcpds(draft.ecpds),
    ...checkStreams(draft),
    ...checkSidecar(draft.sidecar),
    ...checkIdentity(draft.sidecar?.identity),
    ...checkProvidersAuth(draft.auth, draft.sidecar?.identity),
  ];
}
