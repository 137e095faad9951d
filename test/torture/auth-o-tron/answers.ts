import { type Json, Members, readJson } from '../ecpds/json.js';
import type { Chance } from '../upstream/chance.js';
import { mutated } from '../upstream/mutate.js';
import type { Handed } from './tokens.js';

/** What auth-o-tron answers with. */
export interface Answer {
  readonly status: number;
  /** The `Authorization` header, as fetch shows it: several are joined by a comma. */
  readonly header: string | null;
  readonly body: Uint8Array;
  readonly fate: 'refused' | 'cut' | 'hangs' | null;
}

const STATUSES = [
  100, 199, 201, 202, 204, 206, 299, 300, 302, 304, 400, 401, 401, 403, 403, 404, 418, 429, 500, 503, 599,
  600,
];

export function answerOf(chance: Chance, tokens: readonly Handed[]): Answer {
  const [one, two, three] = [chance.pick(tokens), chance.pick(tokens), chance.pick(tokens)];
  return {
    status: chance.oneIn(4) ? chance.pick(STATUSES) : 200,
    header: chance.oneIn(2) ? headerOf(chance, one.text, two.text) : null,
    body: chance.oneIn(3) ? Buffer.alloc(0) : bodyOf(chance, two.text, three.text),
    fate: chance.oneIn(15) ? chance.pick(['refused', 'cut', 'hangs']) : null,
  };
}

const headerOf = (chance: Chance, one: string, two: string): string =>
  chance.oneIn(2)
    ? `Bearer ${one}`
    : chance.pick([
        ...[
          `bearer ${one}`,
          `BEARER ${one}`,
          `Bearer  ${one}`,
          `Bearer\t${one}`,
          ` Bearer ${one} `,
          one,
          'Bearer',
          'Bearer ',
          '',
        ],
        ...[
          `Bearer ${one}, Bearer ${two}`,
          `Bearer ${one} ${two}`,
          `Basic ${one}`,
          `Token ${one}`,
          `Bearer ${one},`,
        ],
        ...[
          `Bearer "${one}"`,
          `Bearer ${one.slice(1)}`,
          `Bearer ${one.slice(0, -2)}`,
          'Bearer a.b.c',
          'Bearer null',
          `Bearer é${one}`,
        ],
      ]);

function bodyOf(chance: Chance, one: string, two: string): Uint8Array {
  const member = chance.pick(['token', 'jwt', 'access_token', 'Token', 'id_token', '__proto__']);
  const other = chance.pick(['token', 'jwt', 'access_token']);
  const texts = [
    ...[
      `{"${member}":"${one}"}`,
      `{"${member}":"${one}","${other}":"${two}"}`,
      `{"${member}":null,"${other}":"${two}"}`,
    ],
    ...[
      `{"${member}":1,"${other}":"${two}"}`,
      `{"${other}":["${one}"]}`,
      `{"${other}":{"token":"${one}"}}`,
      `{"${other}":""}`,
    ],
    ...[
      `"${one}"`,
      one,
      ` ${one}\n`,
      `\u0085${one}`,
      `\ufeff${one}`,
      `${one} ${two}`,
      `["${one}"]`,
      'null',
      '{}',
      `Bearer ${one}`,
    ],
    ...[`{"x":${'['.repeat(200)}${']'.repeat(200)},"token":"${one}"}`, `{"token":"${one}","x":1e400}`],
    ...[`{"token":"\\u0065${one.slice(1)}"}`, `{"token":"${one}\\n"}`, `{"token":"${one}","exp":"\\ud800"}`],
  ];
  const text = chance.oneIn(3) ? `{"token":"${one}"}` : chance.pick(texts);
  if (chance.oneIn(500)) return Buffer.concat([Buffer.from(text), Buffer.alloc(1024 * 1024, 0x20)]);
  return chance.oneIn(6) ? mutated(chance, text) : Buffer.from(text);
}

/** Contract section 2, a second time: what such an answer means. */
export type Meaning =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'unauthenticated' | 'forbidden' | 'identity_unavailable' };

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export function meaningOf({ status, header, body, fate }: Answer, tokens: readonly Handed[]): Meaning {
  if (fate !== null || body.length > 1024 * 1024) return { kind: 'identity_unavailable' };
  if (status === 401) return { kind: 'unauthenticated' };
  if (status === 403) return { kind: 'forbidden' };
  const token = status >= 200 && status < 300 ? (tokenInHeader(header) ?? tokenInBody(body)) : null;
  if (token === null) return { kind: 'identity_unavailable' };
  const user = tokens.find(({ text }) => text === token)?.user ?? null;
  return user === null ? { kind: 'unauthenticated' } : { kind: 'user', user };
}

function tokenInHeader(header: string | null): string | null {
  const words = (header ?? '').replace(/^[\t ]+|[\t ]+$/g, '').split(/[\t ]+/);
  const [scheme = '', token = ''] = words;
  return words.length === 2 && scheme.toLowerCase() === 'bearer' && JWT.test(token) ? token : null;
}

function tokenInBody(body: Uint8Array): string | null {
  const json = readJson(body);
  if (json === undefined) return bare(Buffer.from(body).toString('utf8'));
  if (typeof json === 'string') return bare(json);
  if (!(json instanceof Members)) return null;
  const names = ['token', 'jwt', 'access_token'];
  const values = names.map((name): Json => json.last(name) ?? null);
  const isSound =
    names.every((name) => json.count(name) < 2) &&
    values.every((value) => value === null || typeof value === 'string');
  const first = values.find((value) => value !== null);
  return isSound && typeof first === 'string' ? bare(first) : null;
}

/** Without the white space around it that Rust knows. */
function bare(text: string): string | null {
  const inner = text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
  return JWT.test(inner) ? inner : null;
}
