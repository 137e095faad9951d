import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ENVOY_GRPC_CONFIG, ENVOY_HTTP_CONFIG } from '../helpers/proxies.js';

export type Kind = 'http' | 'grpc';
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A place in the shipped configuration, with the names of PLACES in front, and what to put there; undefined removes it. */
export type Edit = readonly [place: string, value: Json | undefined];

const MANAGER = 'static_resources/listeners/0/filter_chains/0/filters/0/typed_config';
const PLACES: Record<string, string> = {
  manager: MANAGER,
  strip: `${MANAGER}/http_filters/0`,
  filter: `${MANAGER}/http_filters/1`,
  check: `${MANAGER}/http_filters/1/typed_config`,
  host: `${MANAGER}/route_config/virtual_hosts/0`,
  routes: `${MANAGER}/route_config/virtual_hosts/0/routes`,
  watch: `${MANAGER}/route_config/virtual_hosts/0/routes/0`,
  replay: `${MANAGER}/route_config/virtual_hosts/0/routes/1`,
  notification: `${MANAGER}/route_config/virtual_hosts/0/routes/2`,
  unknown: `${MANAGER}/route_config/virtual_hosts/0/routes/7`,
  mappers: `${MANAGER}/local_reply_config/mappers`,
  authz: 'static_resources/clusters/0',
  aviso: 'static_resources/clusters/1',
};
const TEXTS: Record<Kind, string> = {
  http: readFileSync(ENVOY_HTTP_CONFIG, 'utf8'),
  grpc: readFileSync(ENVOY_GRPC_CONFIG, 'utf8'),
};

/** A shipped configuration, aliases written out, so that a change of one route leaves the other alone. */
export const shipped = (kind: Kind): Json =>
  JSON.parse(JSON.stringify(parse(TEXTS[kind], { maxAliasCount: -1 })));

/** A shipped configuration with changes, each made where something is (or, with `+` for a list, at its end). */
export function edited(kind: Kind, edits: readonly Edit[]): Json {
  const document = shipped(kind);
  for (const [place, value] of edits) put(document, stepsOf(place), value);
  return document;
}

function stepsOf(place: string): string[] {
  const [first = '', ...rest] = place.split('/');
  return [...(PLACES[first] ?? first).split('/'), ...rest];
}

function put(at: Json, steps: readonly string[], value: Json | undefined): void {
  const [step = '', ...rest] = steps;
  if (Array.isArray(at)) putInList(at, step, rest, value);
  else if (typeof at !== 'object' || at === null) throw new Error(`nothing holds ${step}`);
  else if (rest.length > 0) {
    at[step] ??= {};
    put(at[step], rest, value);
  } else if (value !== undefined) at[step] = value;
  else if (!(step in at)) throw new Error(`no ${step} to remove`);
  else delete at[step];
}

function putInList(list: Json[], step: string, rest: readonly string[], value: Json | undefined): void {
  const index = step === '+' ? list.length : Number(step);
  const member = list[index];
  if (rest.length > 0 && member !== undefined) put(member, rest, value);
  else if (value === undefined) list.splice(index, 1);
  else list[index] = value;
}
