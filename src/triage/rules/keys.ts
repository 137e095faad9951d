import { KEY_CAUSES } from '../key-causes.js';
import { prose } from '../prose.js';
import type { ProviderView, Situation } from '../situation.js';
import type { Cause, Symptom } from '../symptom.js';
import { duration, lately, many, OVER_SECONDS, present, since, within } from '../words.js';
import { type Found, NOTHING, type Rule } from './rule.js';

const REFUSED = 'jwks service_unavailable';

/** A finding per provider whose keys cannot be had; without one, for users that were refused all the same. */
export const keys: Rule = (situation, symptom) => {
  const failing = situation.providers.filter((provider) => isFailing(provider, situation));
  if (failing.length > 0) return failing.map((provider) => about(provider, situation, symptom));
  const refused = refusedUsers(situation);
  const isOver = within(situation, OVER_SECONDS, (step) => step.authRequests[REFUSED] ?? 0) === 0;
  if (refused === null || isOver) return NOTHING;
  const what = `${refused}, and the keys of every provider are fresh by now`;
  const evidence = ['a token may name a key that is newer than the last fetch'];
  return [{ what, evidence, users: null }];
};

/** The first attempt may be under way; that is a failure only where readiness waits for it. */
function isFailing({ state, required, lastOutcome }: ProviderView, { readiness }: Situation): boolean {
  if (state === 'fresh') return false;
  return lastOutcome !== null || (required && readiness.reason === 'keys');
}

function about(provider: ProviderView, situation: Situation, symptom: Symptom): Found {
  const { provider: name, state, ageSeconds, lastError, keys: count } = provider;
  return {
    cause: causeOf(provider, symptom),
    what: `${inAWord(provider)} from provider ${name}, whose keys were not fetched ${since(situation, ageSeconds)}`,
    evidence: present([
      lastError === null ? null : `${name}: ${lastError}`,
      CONSEQUENCE[state](many(count, 'key'), duration(ageSeconds)),
      !situation.readiness.ready && provider.required
        ? 'this process is not ready: it waits for the first keys of this required provider'
        : null,
      refusedUsers(situation),
    ]),
    users: null,
  };
}

/** The last outcome; keys can grow too old between two attempts, too. */
function inAWord({ lastOutcome, state }: ProviderView): string {
  if (lastOutcome === null) return 'no answer yet';
  return lastOutcome === 'success' ? `${state} keys` : lastOutcome;
}

const CONSEQUENCE: Readonly<Record<ProviderView['state'], (keys: string, age: string) => string>> = {
  fresh: (keys) => `${keys} in use`,
  old: (keys, age) =>
    `old: ${keys} of ${age} ago in use; nobody is refused but users with a newer key. Start no rotation`,
  expired: (_keys, age) => `expired: the last keys are ${age} old, and the users of this provider get 503`,
  none: () => 'none: there never were keys, and the users of this provider get 503',
};

function causeOf({ lastOutcome }: ProviderView, symptom: Symptom): Cause {
  if (lastOutcome === null || lastOutcome === 'success') return symptom;
  const { cause, look } = KEY_CAUSES[lastOutcome];
  return { cause, wrong: prose`look at ${look}`, next: symptom.next };
}

function refusedUsers({ recent }: Situation): string | null {
  const count = recent.authRequests[REFUSED] ?? 0;
  return count === 0 ? null : `${many(count, 'request')} got 503 for want of a key ${lately(recent)}`;
}
