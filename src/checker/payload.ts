import { fail, ok, type Result } from '../domain/result.js';
import { JsonObject, type JsonValue, readStrictJson } from '../json/strict-json.js';

/** What one ECPDS server listed for a user. `inactive` and `malformed` records do not count and are reported. */
export interface Records {
  /** The destinations that count, in the server's order. */
  readonly names: readonly string[];
  /** How many records the server sent. */
  readonly total: number;
  /** Records whose `active` is not the boolean `true`. */
  readonly inactive: number;
  /** Active records whose `target_field` is not a string. */
  readonly malformed: number;
}

/** Reads the body of an ECPDS answer with status 200 (contract section 3); fails with what is wrong with it. */
export function readDestinationList(body: Uint8Array, targetField: string): Result<Records, string> {
  const json = readStrictJson(body);
  if (!json.ok) return fail(`not JSON: ${json.failure}`);
  if (!(json.value instanceof JsonObject) || json.value.repeats(['success', 'destinationList']))
    return fail('not an object with one success and one destinationList');
  const { members } = json.value;
  if (members.get('success') !== 'yes') return fail('success is not "yes"');
  const list = members.get('destinationList');
  return Array.isArray(list) ? ok(countRecords(list, targetField)) : fail('destinationList is not an array');
}

function countRecords(list: readonly JsonValue[], targetField: string): Records {
  const names: string[] = [];
  let inactive = 0;
  let malformed = 0;
  for (const record of list) {
    const members = record instanceof JsonObject ? record.members : null;
    const name = members?.get(targetField);
    if (members?.get('active') !== true) inactive += 1;
    else if (typeof name === 'string') names.push(name);
    else malformed += 1;
  }
  return { names, total: list.length, inactive, malformed };
}
