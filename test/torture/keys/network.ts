import type { Fetch } from '../../../src/http/bounded-get.js';
import type { Chance } from '../upstream/chance.js';
import { mutated } from '../upstream/mutate.js';
import { type GoodKey, goodKeys, keysPlace } from './contract.js';
import type { Pair } from './material.js';
import type { Provider } from './providers.js';
import { TIMES } from './providers.js';
import { makeSet } from './sets.js';

/** What is known of one provider by what it answered. */
export interface Slot {
  readonly provider: Provider;
  held: { readonly keys: readonly GoodKey[]; readonly since: number } | null;
  /** Null before the first attempt has ended. */
  lastSucceeded: boolean | null;
  running: {
    readonly startedAt: number;
    place: string | null;
    keys: readonly GoodKey[] | null;
    isSlow: boolean;
  } | null;
  endedAt: number | null;
  /** Where the keys were last time. */
  known: string | null;
  /** Whether nobody answers for the time being. */
  isDown: boolean;
}

export interface KeyNetwork {
  readonly fetch: Fetch;
  readonly slots: readonly Slot[];
  readonly wrong: string[];
  /** To be told when an attempt has ended. */
  attempted(provider: string, outcome: string | null): void;
}

const DISCOVERY = '/.well-known/openid-configuration';
const FATES = ['refused', 'cut', 'hangs'] as const;
const STATUSES = [201, 204, 206, 301, 302, 304, 400, 401, 403, 404, 429, 500, 503, 199];

export function createKeyNetwork(
  chance: Chance,
  providers: readonly Provider[],
  pairs: readonly Pair[],
  sends: (label: string) => void,
): KeyNetwork {
  const wrong: string[] = [];
  const slots = providers.map((provider): Slot => {
    const none = { held: null, lastSucceeded: null, running: null, endedAt: null };
    return { provider, ...none, known: provider.jwksUri, isDown: false };
  });
  const slotOf = (url: string): Slot | undefined =>
    slots.find(
      ({ provider, known, running }) =>
        url === `${provider.issuer}${DISCOVERY}` ||
        url === (running?.place ?? known) ||
        url === provider.jwksUri,
    );
  return {
    slots,
    wrong,
    async fetch({ href }, { signal, redirect }) {
      if (redirect !== 'manual') wrong.push('would follow redirects');
      const slot = slotOf(href);
      if (slot === undefined) {
        wrong.push(`keys asked for at ${href}`);
        throw new TypeError('fetch failed');
      }
      const now = performance.now();
      begin(slot, now, wrong);
      const isDiscovery = href.endsWith(DISCOVERY);
      const made = isDiscovery ? makeDocument(chance, slot.provider) : makeSet(chance, pairs);
      const status = chance.oneIn(10) ? chance.pick(STATUSES) : 200;
      const fate = slot.isDown ? 'refused' : chance.oneIn(10) ? chance.pick(FATES) : null;
      sends(`${slot.provider.name} ${made.label} ${status} ${fate}`);
      const run = slot.running;
      if (run !== null && fate === null) {
        const { issuer, algorithms } = slot.provider;
        if (isDiscovery) run.place = keysPlace(status, made.body, issuer);
        else run.keys = goodKeys(status, made.body, algorithms, pairs);
      }
      if (fate === 'hangs' && run !== null) {
        run.isSlow = true;
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        throw signal.reason;
      }
      if (fate === 'refused') throw broken('ECONNREFUSED');
      return { status, headers: { get: () => null }, body: bodyOf(made.body, fate === 'cut') };
    },
    attempted(name, outcome) {
      const slot = slots.find(({ provider }) => provider.name === name);
      if (slot?.running == null) return void wrong.push(`an attempt of ${name} ended that never began`);
      const { keys, startedAt, place } = slot.running;
      if ((outcome === 'success') !== (keys !== null))
        wrong.push(`an attempt of ${name} is ${outcome}, with ${keys?.length ?? 'no'} good keys`);
      if (keys !== null) slot.held = { keys, since: startedAt };
      slot.lastSucceeded = keys !== null;
      slot.known = slot.provider.jwksUri ?? (keys === null ? null : (place ?? slot.known));
      slot.running = null;
      slot.endedAt = performance.now();
    },
  };
}

/** Attempts keep their distance, whoever asks for them. */
function begin(slot: Slot, now: number, wrong: string[]): void {
  if (slot.running !== null) return;
  const since = slot.endedAt === null ? Number.POSITIVE_INFINITY : now - slot.endedAt;
  const least = TIMES.cooldown_seconds * 1000 * 0.8;
  if (since < least - 1) wrong.push(`${slot.provider.name} is asked again after ${since} ms`);
  slot.running = { startedAt: now, place: slot.known, keys: null, isSlow: false };
}

const broken = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('broken'), { code }) });

async function* bodyOf(body: Uint8Array, isCut: boolean): AsyncIterable<Uint8Array> {
  yield body;
  if (isCut) throw broken('UND_ERR_SOCKET');
}

function makeDocument(chance: Chance, { issuer, name }: Provider): { body: Uint8Array; label: string } {
  const uri = `https://keys.${name}.example/jwks`;
  const odd = chance.oneIn(3);
  const issuers = [`${issuer}/`, issuer.toUpperCase(), '', null, 1, [issuer], 'https://gitlab.example'];
  const uris = [
    ...[
      'http://evil.example/jwks',
      'ftp://x/jwks',
      '//x/jwks',
      '/jwks',
      '',
      null,
      1,
      [uri],
      'javascript:1',
      'https://',
    ],
    ...[
      'https://user:secret@evil.example/jwks',
      `${uri}#a`,
      'http://localhost.evil.example/jwks',
      'http://127.0.0.1.evil.example/',
    ],
    ...[
      'https://other.example/jwks?x=1',
      'http://127.0.0.1:1/jwks',
      'http://localhost/jwks',
      `${uri}/b`,
      'file:///etc/passwd',
    ],
  ];
  const document = {
    issuer: odd && chance.oneIn(2) ? chance.pick(issuers) : issuer,
    jwks_uri: odd && chance.oneIn(2) ? chance.pick(uris) : uri,
    response_types_supported: ['code'],
  };
  let text = JSON.stringify(document);
  if (chance.oneIn(12))
    text = text.replace(
      '{',
      chance.pick([
        '{"issuer":"https://evil.example",',
        '{"jwks_uri":"https://evil.example/jwks",',
        '{"__proto__":{"issuer":"x"},',
      ]),
    );
  const body = chance.oneIn(8) ? mutated(chance, text) : Buffer.from(text);
  return { body, label: Buffer.from(body).toString('latin1') };
}
