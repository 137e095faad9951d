import type { Draft } from './draft.js';
import { type Problem, problemAt } from './problem.js';
import type { Document } from './schema.js';
import { ECPDS } from './schema-aviso.js';
import { checkText, hasBlank, must } from './text-rules.js';
import { parseSecureUrl } from './url-rules.js';

type Ecpds = Draft<NonNullable<Document['ecpds']>>;
const { properties } = ECPDS;

/** What `ecpds` must hold whenever it is there, also while nothing is gated: a later overlay may gate. */
export function checkEcpds(ecpds: Ecpds | undefined): Problem[] {
  if (ecpds === undefined) return [];
  return [
    ...checkText(['ecpds', 'username'], ecpds.username, must(properties.username)),
    ...checkText(['ecpds', 'password'], ecpds.password, must(properties.password)),
    ...checkText(['ecpds', 'target_field'], ecpds.target_field, must(properties.target_field)),
    ...checkMatchKey(ecpds.match_key),
    ...checkServers(ecpds.servers),
  ];
}

/** The match key when it can be looked for in the schemas. */
export function usableMatchKey(ecpds: Ecpds | undefined): string | null {
  const key = ecpds?.match_key;
  return key === undefined || checkMatchKey(key).length > 0 ? null : key;
}

function checkMatchKey(key: string | undefined): Problem[] {
  if (key === undefined) return [];
  const path = ['ecpds', 'match_key'];
  if (key === '') return [problemAt(path, 'is empty', must(properties.match_key))];
  const bare = !hasBlank(key) && !key.includes('/') && !key.includes('\0');
  return bare ? [] : [problemAt(path, 'holds a blank, `/` or NUL', must(properties.match_key))];
}

function checkServers(servers: Ecpds['servers']): Problem[] {
  if (servers?.length === 0) return [problemAt(['ecpds', 'servers'], 'is empty', must(properties.servers))];
  return (servers ?? []).flatMap((server, index) => {
    const parsed = server === undefined ? null : parseSecureUrl(server);
    if (parsed === null || parsed.ok) return [];
    return [problemAt(['ecpds', 'servers', index], parsed.failure, must(properties.servers.items))];
  });
}
