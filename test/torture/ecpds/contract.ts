import { type Json, Members, readJson } from './json.js';

/** Contract section 3, a second time and from the bytes: which answers are usable, and which names count. */
export type Kind =
  | 'Unauthorized'
  | 'Forbidden'
  | 'ClientError'
  | 'InvalidResponse'
  | 'ServerError'
  | 'Unreachable';

/** Worst first, with the label of `aviso_ecpds_fetch_total`. */
const WORST_FIRST: readonly (readonly [Kind, string])[] = [
  ['Unauthorized', 'http_401'],
  ['Forbidden', 'http_403'],
  ['ClientError', 'http_4xx'],
  ['InvalidResponse', 'invalid_response'],
  ['ServerError', 'http_5xx'],
  ['Unreachable', 'unreachable'],
];

/** What one server said, as the contract reads it. */
export type Said =
  | { readonly usable: true; readonly names: ReadonlySet<string> }
  | { readonly usable: false; readonly kind: Kind };

const failed = (kind: Kind): Said => ({ usable: false, kind });
const MAX_BYTES = 16 * 1024 * 1024;

/** @param body decoded */
export function readAnswer(status: number, body: Uint8Array, targetField: string): Said {
  if (body.length > MAX_BYTES) return failed('InvalidResponse');
  if (status !== 200) return failed(kindOfStatus(status));
  const document = readJson(body);
  if (!(document instanceof Members)) return failed('InvalidResponse');
  const list = document.last('destinationList');
  const isOnce = document.count('success') === 1 && document.count('destinationList') === 1;
  if (!isOnce || document.last('success') !== 'yes' || !Array.isArray(list)) return failed('InvalidResponse');
  return { usable: true, names: new Set(list.flatMap((record: Json) => nameOf(record, targetField))) };
}

function nameOf(record: Json, targetField: string): string[] {
  if (!(record instanceof Members) || record.last('active') !== true) return [];
  const name = record.last(targetField);
  return typeof name === 'string' ? [name] : [];
}

export function kindOfStatus(status: number): Kind {
  if (status === 401) return 'Unauthorized';
  if (status === 403) return 'Forbidden';
  const hundred = Math.floor(status / 100);
  if (hundred === 3 || hundred === 4) return 'ClientError';
  return hundred === 5 ? 'ServerError' : 'InvalidResponse';
}

/** What a fetch over all servers comes to. `label` is that of the counter. */
export interface Merged {
  /** The union, or null when there is no verdict. */
  readonly names: ReadonlySet<string> | null;
  readonly worst: Kind | null;
  readonly label: string;
}

export function merge(said: readonly Said[], policy: 'strict' | 'any_success'): Merged {
  const [worst, label] = WORST_FIRST.find(([kind]) =>
    said.some((one) => !one.usable && one.kind === kind),
  ) ?? [null, 'success'];
  const lists = said.flatMap((one) => (one.usable ? [one.names] : []));
  const verdict = lists.length > 0 && (worst === null || policy === 'any_success');
  return { names: verdict ? new Set(lists.flatMap((list) => [...list])) : null, worst, label };
}
