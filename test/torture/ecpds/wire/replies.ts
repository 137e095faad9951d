import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Chance } from '../../upstream/chance.js';
import { type Kind, kindOfStatus } from '../contract.js';

/** What a server does with the bytes of a connection. */
export interface Reply {
  readonly name: string;
  readonly writes: readonly Buffer[];
  /** Before each write but the first, in milliseconds. */
  readonly pauseMs: number;
  readonly end: 'keep' | 'close' | 'reset';
  /** Whether the list in it must count, must not, or may. */
  readonly counts: 'yes' | 'no' | 'maybe';
  /** What a failure may be called. */
  readonly kinds: readonly Kind[];
}

/** Anything that is wrong with HTTP itself: unreadable, or nobody there any more. */
const NETWORK: readonly Kind[] = ['InvalidResponse', 'Unreachable'];

export const listOf = (...names: readonly string[]): string =>
  JSON.stringify({ destinationList: names.map((name) => ({ name, active: true })), success: 'yes' });

const http = (status: string, headers: readonly string[], body: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`),
    Buffer.from(body),
  ]);
const length = (body: string | Buffer): string => `content-length: ${Buffer.byteLength(body)}`;

export const goodBytes = (body: string): Buffer => http('200 OK', [length(body)], body);

type Maker = (
  chance: Chance,
  body: string,
  poison: string,
) => Omit<Reply, 'name' | 'pauseMs'> & { pauseMs?: number };

const reply = (counts: Reply['counts'], bytes: Buffer, end: Reply['end'] = 'keep', kinds = NETWORK) => ({
  counts,
  writes: [bytes],
  end,
  kinds,
});
const encoded = (coding: string, body: Buffer) =>
  http('200 OK', [`content-encoding: ${coding}`, length(body)], body);
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const CHUNKED = 'transfer-encoding: chunked';
const cutAt = (text: string, share: number): [string, string] => {
  const at = Math.floor(text.length * share);
  return [text.slice(0, at), text.slice(at)];
};

/** Usable: the list must count, whatever way it comes. */
const USABLE: Record<string, Maker> = {
  plain: (_chance, body) => reply('yes', goodBytes(body)),
  'until close': (_chance, body) => reply('yes', http('200 OK', [], body), 'close'),
  chunked: (chance, body) => {
    const [one, two] = cutAt(body, chance.random());
    const chunks = [one, two].filter((part) => part !== '').map(chunk);
    return reply('yes', http('200 OK', [CHUNKED], `${chunks.join('')}0\r\n\r\n`));
  },
  'chunked with extensions and trailers': (_chance, body) =>
    reply('yes', http('200 OK', [CHUNKED], `${chunk(body).replace('\r\n', ';a=b\r\n')}0\r\nx-t: 1\r\n\r\n`)),
  gzip: (_chance, body) => reply('yes', encoded('gzip', gzipSync(body))),
  deflate: (_chance, body) => reply('yes', encoded('deflate', deflateSync(body))),
  br: (_chance, body) => reply('yes', encoded('br', brotliCompressSync(body))),
  'byte by byte': (_chance, body) => ({
    ...reply('yes', goodBytes(body)),
    writes: [...goodBytes(body)].map((byte) => Buffer.of(byte)),
  }),
  'closed at once': (_chance, body) =>
    reply('yes', http('200 OK', [length(body), 'connection: close'], body), 'close'),
  'any type': (chance, body) =>
    reply(
      'yes',
      http(
        '200 OK',
        [`content-type: ${chance.pick(['text/html', 'image/png', 'x', ''])}`, length(body)],
        body,
      ),
    ),
};

const STATUSES = [
  201, 202, 203, 206, 207, 226, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 407, 418, 421, 429, 451,
  500, 502, 503, 599, 600, 999,
];

const kindsOf = (status: number, kind: Kind): readonly Kind[] => (status > 599 ? NETWORK : [kind]);

/** What must not count, though the list is in it somewhere. */
const UNUSABLE: Record<string, Maker> = {
  status: (chance, _body, poison) => {
    const status = chance.pick(STATUSES);
    const kind = kindOfStatus(status);
    return reply('no', http(`${status} X`, [length(poison)], poison), 'keep', kindsOf(status, kind));
  },
  redirect: (chance, _body, poison) => {
    const target = '/ecpds/v1/destination/list?id=poison';
    const status = chance.pick(['301 X', '302 X', '303 X', '307 X', '308 X']);
    return reply('no', http(status, [`location: ${target}`, length(poison)], poison), 'keep', [
      'ClientError',
    ]);
  },
  'length too long': (_chance, body) =>
    reply('no', http('200 OK', [`content-length: ${body.length + 10}`], body), 'close'),
  'length too short': (_chance, body) =>
    reply('no', http('200 OK', [`content-length: ${body.length - 2}`], body)),
  'length that is none': (chance, body) =>
    reply(
      'no',
      http(
        '200 OK',
        [`content-length: ${chance.pick(['-1', '0x40', '1e3', '', '18446744073709551616', 'five'])}`],
        body,
      ),
      'close',
    ),
  'two lengths': (_chance, body) =>
    reply('no', http('200 OK', [length(body), 'content-length: 5'], body), 'close'),
  'no last chunk': (_chance, body) => reply('no', http('200 OK', [CHUNKED], chunk(body)), 'close'),
  'half a chunk': (_chance, body) =>
    reply('no', http('200 OK', [CHUNKED], chunk(body).slice(0, -6)), 'reset'),
  'chunk size that is none': (chance, body) =>
    reply(
      'no',
      http(
        '200 OK',
        [CHUNKED],
        `${chance.pick(['zz', '-5', '0x10', 'ffffffffffffffffff'])}\r\n${body}\r\n0\r\n\r\n`,
      ),
      'close',
    ),
  'chunk longer than said': (_chance, body) =>
    reply('no', http('200 OK', [CHUNKED], `5\r\n${body}\r\n0\r\n\r\n`), 'close'),
  'half a body': (chance, body) =>
    reply(
      'no',
      http('200 OK', [length(body)], cutAt(body, chance.random() * 0.9)[0]),
      chance.pick(['close', 'reset']),
    ),
  'half a body until close': (_chance, body) =>
    reply('no', http('200 OK', [], cutAt(body, 0.9)[0]), 'close', ['InvalidResponse', 'Unreachable']),
  'half a head': (_chance, body) => reply('no', goodBytes(body).subarray(0, 20), 'close'),
  nothing: (chance) => reply('no', Buffer.alloc(0), chance.pick(['close', 'reset'])),
  'not HTTP': (chance) =>
    reply(
      'no',
      Buffer.from(
        chance.pick([
          'SSH-2.0-OpenSSH_9.2\r\n',
          '\0\0\0',
          '<html>',
          'HTTP/9.9 200 OK\r\n\r\n',
          '\x16\x03\x01\x02',
        ]),
      ),
      'close',
    ),
  'huge header': (_chance, body) =>
    reply('no', http('200 OK', [`x-big: ${'x'.repeat(200_000)}`, length(body)], body), 'close'),
  'many headers': (_chance, body) =>
    reply(
      'no',
      http('200 OK', [...Array.from({ length: 9000 }, (_, index) => `x-${index}: 1`), length(body)], body),
      'close',
    ),
  'a line that is no header': (_chance, body) =>
    reply('no', http('200 OK', ['no colon here', length(body)], body), 'close'),
  'lying coding': (chance, body) =>
    reply('no', encoded(chance.pick(['gzip', 'deflate', 'br']), Buffer.from(body))),
  'half a gzip': (_chance, body) => {
    const packed = gzipSync(body);
    return reply('no', encoded('gzip', packed.subarray(0, packed.length / 2)));
  },
  'coded without saying so': (_chance, body) => reply('no', http('200 OK', [], gzipSync(body)), 'close'),
  'a bomb': (_chance, body) => reply('no', encoded('gzip', BOMB(body)), 'keep', ['InvalidResponse']),
};

/** Spaces beyond the 16 MiB that are read, behind a good list. */
const BOMB = (body: string): Buffer =>
  gzipSync(Buffer.concat([Buffer.from(body), Buffer.alloc(17 * 1024 * 1024, 0x20)]), { level: 1 });

/** Where readers of HTTP differ: the list may count or not; nothing else may. */
const DISPUTED: Record<string, Maker> = {
  'length and chunked': (_chance, body) =>
    reply('maybe', http('200 OK', [length(body), CHUNKED], `${chunk(body)}0\r\n\r\n`), 'close'),
  'odd transfer coding': (chance, body) =>
    reply(
      'maybe',
      http(
        '200 OK',
        [
          `transfer-encoding: ${chance.pick(['xchunked', 'chunked, chunked', 'identity', 'gzip, chunked', ' chunked', 'Chunked'])}`,
        ],
        `${chunk(body)}0\r\n\r\n`,
      ),
      'close',
    ),
  interim: (chance, body) =>
    reply(
      'maybe',
      Buffer.concat([
        Buffer.from(`HTTP/1.1 ${chance.pick(['100', '102', '103', '199'])} X\r\n\r\n`),
        goodBytes(body),
      ]),
    ),
  'interim with a body': (_chance, body, poison) =>
    reply('maybe', Buffer.concat([http('103 X', [length(poison)], poison), goodBytes(body)])),
  'switching protocols': (_chance, body) =>
    reply(
      'maybe',
      Buffer.concat([
        Buffer.from('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
        goodBytes(body),
      ]),
    ),
  'no content': (chance, body) =>
    reply('maybe', http(`${chance.pick(['204', '304', '205'])} X`, [length(body)], body), 'close', [
      'InvalidResponse',
      'Unreachable',
      'ClientError',
    ]),
  'HTTP/1.0': (_chance, body) => reply('maybe', Buffer.from(`HTTP/1.0 200 OK\r\n\r\n${body}`), 'close'),
  'line feeds only': (_chance, body) =>
    reply('maybe', Buffer.from(`HTTP/1.1 200 OK\n${length(body)}\n\n${body}`), 'close'),
  'gzip without its end': (_chance, body) => reply('maybe', encoded('gzip', gzipSync(body).subarray(0, -8))),
  'gzip twice': (_chance, body) => reply('maybe', encoded('gzip, gzip', gzipSync(gzipSync(body)))),
  'gzip with more behind': (_chance, body, poison) =>
    reply('maybe', encoded('gzip', Buffer.concat([gzipSync(body), gzipSync(poison)]))),
  'unknown coding': (chance, body) =>
    reply('maybe', encoded(chance.pick(['zstd', 'compress', 'x', 'gzip;q=1', 'utf-8']), Buffer.from(body))),
  'cookies and control characters': (_chance, body) =>
    reply('maybe', http('200 OK', ['set-cookie: a=b', 'x: \x01\x7f\xff', length(body)], body), 'close'),
};

/** The right answer, and another one behind it: at once, in the same breath, or while the next user waits. */
const TOO_MUCH: Record<string, Maker> = {
  'another answer at once': (_chance, body, poison) =>
    reply('maybe', Buffer.concat([goodBytes(body), goodBytes(poison)])),
  'another answer soon': (chance, body, poison) => ({
    ...reply('yes', Buffer.alloc(0)),
    writes: [goodBytes(body), ...Array.from({ length: chance.int(1, 3) }, () => goodBytes(poison))],
    pauseMs: chance.int(5, 25),
  }),
  'a body with another answer in it': (_chance, body, poison) =>
    reply('maybe', http('200 OK', [length(body)], Buffer.concat([Buffer.from(body), goodBytes(poison)]))),
  'half of another answer': (chance, body, poison) => ({
    ...reply('yes', Buffer.alloc(0)),
    writes: [goodBytes(body), goodBytes(poison).subarray(0, 40), goodBytes(poison).subarray(40)],
    pauseMs: chance.int(3, 15),
  }),
};

const ALL = Object.entries({ ...USABLE, ...UNUSABLE, ...DISPUTED });
const RARE = new Set(['a bomb', 'many headers', 'byte by byte']);

/** @param body what the user may read @param poison what nobody may */
export function replyOf(chance: Chance, body: string, poison: string): Reply {
  const makers = chance.oneIn(4) ? Object.entries(TOO_MUCH) : ALL;
  const [name, make] = chance.pick(makers);
  if (RARE.has(name) && !chance.oneIn(5)) return replyOf(chance, body, poison);
  const made = make(chance, body, poison);
  return { pauseMs: 0, ...made, name };
}

/** The right answer, late: whatever is left of the one before arrives first. */
export const lateReply = (body: string): Reply => ({
  name: 'late',
  writes: [Buffer.alloc(0), goodBytes(body)],
  pauseMs: 40,
  end: 'keep',
  counts: 'yes',
  kinds: [],
});
