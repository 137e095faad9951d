import { createHmac } from 'node:crypto';
import type { Requests } from '../load/script.js';

/** Signs the benchmark's tokens; long enough for HS256. */
export const JWT_SECRET = 'the-shared-secret-of-the-benchmark-0123456789';

/** Users are numbered, and so are destinations, whose names are 8 or 15 characters long. */
export const userName = (index: number): string => `user${String(index).padStart(6, '0')}`;
const destinationName = (index: number): string =>
  `DST${String(index).padStart(5, '0')}${index % 2 === 0 ? '' : '-BACKUP'}`;

/** Users whose answer is as long as any other and not usable: it leaves nothing in a cache. */
export const unknownName = (index: number): string => `none${String(index).padStart(6, '0')}`;
export const isUnknown = (user: string): boolean => user.startsWith('none');
/** A destination that every user has. */
const COMMON_DESTINATION = destinationName(0);

/** The destinations of a user: the common one, and others spread over all names, the same ones at every call. */
export function destinationsOf(user: string, perUser: number, distinct: number): readonly string[] {
  const start = Number(user.slice('user'.length)) * 7919;
  const stride = Math.max(1, Math.floor((distinct - 1) / perUser));
  const others = Array.from({ length: perUser - 1 }, (_, i) => 1 + ((start + i * stride) % (distinct - 1)));
  return [COMMON_DESTINATION, ...others.map(destinationName)];
}

/** What ECPDS answers for a user, with members beside those that the sidecar looks at. */
export function answerFor(user: string, perUser: number, distinct: number, usable = true): string {
  const destinationList = destinationsOf(user, perUser, distinct).map((name) => ({
    name,
    active: true,
    comment: `dissemination of ${name}`,
    type: 'Gold',
    country: 'int',
  }));
  return JSON.stringify({ destinationList, success: usable ? 'yes' : 'no' });
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** An HS256 token as auth-o-tron issues it, valid for a day. */
export function bearerOf(user: string): string {
  const exp = Math.floor(Date.now() / 1000) + 86_400;
  const claims = { sub: `ecmwf-${user}`, username: user, realm: 'ecmwf', roles: ['default'], exp };
  const signed = `${base64url('{"typ":"JWT","alg":"HS256"}')}.${base64url(JSON.stringify(claims))}`;
  return `Bearer ${signed}.${createHmac('sha256', JWT_SECRET).update(signed).digest('base64url')}`;
}

/** The body of a watch request for the destination that everybody has. */
export function watchBody(payloadBytes = 0): string {
  const payload = payloadBytes === 0 ? {} : { payload: 'x'.repeat(payloadBytes) };
  const identifier = { destination: COMMON_DESTINATION, class: 'od' };
  return JSON.stringify({ event_type: 'dissemination', identifier, ...payload });
}

/** Watch requests of so many users, one each. */
export function watchRequests(users: number, nameOf = userName): Requests {
  const authorizations = Array.from({ length: users }, (_, i) => bearerOf(nameOf(i)));
  return { path: '/api/v1/watch', body: watchBody(), authorizations };
}
