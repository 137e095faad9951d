import type { People } from '../people.js';
import { QUESTION } from '../people.js';
import { chunked, request } from '../wire/http1.js';

/** Bytes for an HTTP listener, and the statuses that it answers with, in order; after them it closes if it `ends`. */
export interface Message {
  readonly name: string;
  readonly bytes: string;
  readonly statuses: readonly number[];
  /** What is true of the requests in it, should they be allowed; by default whether 200 is expected. */
  readonly ends?: boolean;
}

const CHUNKED = 'transfer-encoding: chunked';
const padded = (bytes: number): string => `x-padding: ${'p'.repeat(bytes - 'x-padding: \r\n'.length)}`;
const small = (count: number): string[] => Array.from({ length: count }, () => 'a: b');

/** A connection's framing is at fault: one refusal, and nothing of what follows is a request. */
function misframed(name: string, bytes: string, status = 400): Message {
  return { name, bytes, statuses: [status], ends: true };
}

/** Two programs could see two different requests in each of these. The second is alice's, who may; the first is bob's. */
export function smuggling({ alice, bob }: People): Message[] {
  const inner = request({ headers: [alice], body: QUESTION });
  const hidden = `0\r\n\r\n${inner}`;
  const codings = [
    'chunked',
    'Chunked',
    'chunked, identity',
    'identity, chunked',
    'xchunked',
    '\tchunked',
    'gzip',
  ];
  const both = codings.flatMap((coding) => [
    [`content-length: ${hidden.length}`, `transfer-encoding: ${coding}`],
    [`transfer-encoding: ${coding}`, 'content-length: 4'],
  ]);
  const codingAlone = ['identity', 'xchunked', 'chunked, identity', 'chunkedx', 'chunked\u000b'];
  const lengths = [
    ['content-length: 5', `content-length: ${hidden.length}`],
    ['content-length: 5', 'content-length: 5'],
    ['content-length: 5, 5'],
    ...['+5', '-5', '0x5', '5 5', '5.0', ' ', '99999999999999999999999', '5\u000b'].map((length) => [
      `content-length: ${length}`,
    ]),
  ];
  return [
    ...both.map((headers) =>
      misframed(headers.join(' and '), request({ headers: [bob, ...headers], body: hidden })),
    ),
    ...codingAlone.map((coding) =>
      misframed(
        `coding ${coding}`,
        request({ headers: [bob, `transfer-encoding: ${coding}`], body: hidden }),
      ),
    ),
    ...lengths.map((headers) =>
      misframed(headers.join(' and '), request({ headers: [bob, ...headers], body: `{"a":${inner}` })),
    ),
    misframed(
      'space before a colon',
      request({ headers: [bob, `content-length : ${hidden.length}`], body: hidden }),
    ),
    misframed('folded header', request({ headers: [bob, 'x: a', ` ${alice}`], body: QUESTION })),
    misframed('folded coding', request({ headers: [bob, 'transfer-encoding:', ' chunked'], body: hidden })),
    misframed('bare line feed', request({ headers: [bob, `x: a\n${alice}`], body: QUESTION })),
    misframed('bare carriage return', request({ headers: [bob, `x: a\r${alice}`], body: QUESTION })),
    misframed('NUL in a value', request({ headers: [bob, 'x: a\0b'], body: QUESTION })),
    misframed('NUL in a name', request({ headers: [bob, 'x\0: a'], body: QUESTION })),
    misframed('header without a name', request({ headers: [bob, ': a'], body: QUESTION })),
    misframed('header without a colon', request({ headers: [bob, 'nonsense'], body: QUESTION })),
    {
      name: 'body of a GET',
      bytes: request({ method: 'GET', headers: [bob], body: inner }),
      statuses: [404],
    },
  ];
}

export function chunking({ alice, bob }: People): Message[] {
  const inner = request({ headers: [alice], body: QUESTION });
  const send = (
    name: string,
    body: string,
    statuses: number[],
    who = alice,
    ends = statuses[0] === 400,
  ): Message => ({
    name: `chunks: ${name}`,
    bytes: request({ headers: [who, CHUNKED], body }),
    statuses,
    ends,
  });
  return [
    send('a byte each', chunked([...QUESTION]), [200]),
    send('a byte each, of bob', chunked([...QUESTION]), [403], bob),
    send('a size with zeros before it', `${'0'.repeat(12)}${chunked([QUESTION])}`, [200]),
    send('extensions', chunked([QUESTION]).replace('\r\n', ';a=b;c="d"\r\n'), [200]),
    send('an extension of 20 KB', `1;${'e'.repeat(20_000)}\r\n{\r\n0\r\n\r\n`, [400], alice, true),
    send('trailers', chunked([QUESTION], '0\r\nx: y\r\n\r\n'), [200]),
    send('the token in a trailer', chunked([QUESTION], `0\r\n${alice}\r\n\r\n`), [401], 'x: y'),
    send(
      'trailers of 100 KB',
      chunked([QUESTION], `0\r\n${`x: ${'y'.repeat(94)}\r\n`.repeat(1000)}\r\n`),
      [431],
      alice,
      true,
    ),
    ...['zz', '-1', '0x1', '1 1', 'fffffffffffffffff', ' 1', ''].map((size) =>
      send(`size "${size}"`, `${size}\r\n{\r\n0\r\n\r\n${inner}`, [400], bob),
    ),
    send('longer than its size', `1\r\n{}\r\n0\r\n\r\n${inner}`, [400], bob),
    send('a bare line feed after the size', `1\n{\r\n0\r\n\r\n${inner}`, [400], bob),
  ];
}

export function sizes({ alice, bob }: People): Message[] {
  const send = (
    name: string,
    headers: readonly string[],
    statuses: readonly number[],
    who = alice,
  ): Message => ({
    name,
    bytes: request({ headers: [who, ...headers], body: QUESTION }),
    statuses,
    ends: statuses[0] === 431,
  });
  const second = [bob, 'content-encoding: gzip', 'x-envoy-auth-partial-body: true'];
  return [
    send('10,000 small headers', small(10_000), [200]),
    ...[999, 1000, 1001, 2000, 10_000].flatMap((count) => [
      send(`a second token behind ${count} headers`, [...small(count), second[0] ?? ''], [401]),
      send(`a compressed body behind ${count} headers`, [...small(count), second[1] ?? ''], [415]),
      send(`a body cut off behind ${count} headers`, [...small(count), second[2] ?? ''], [413]),
    ]),
    send('20,000 small headers', small(20_000), [200]),
    send('50,000 small headers', small(50_000), [431]),
    send('a header of 60 KiB', [padded(60 * 1024)], [200]),
    send('a header of 64 KiB', [padded(64 * 1024)], [200]),
    send('a header of 64 KiB of bob', [padded(64 * 1024)], [403], bob),
    send('a header of 81 KiB', [padded(81 * 1024)], [431]),
    send('a header of 10 MB', [padded(10_000_000)], [431]),
    send('a name of 10 MB', [`${'n'.repeat(10_000_000)}: x`], [431]),
    {
      name: 'a target of 10 MB',
      bytes: request({ target: `/${'t'.repeat(10_000_000)}` }),
      statuses: [431],
      ends: true,
    },
    { name: 'a method without end', bytes: 'POST'.repeat(30_000), statuses: [400], ends: true },
    {
      name: 'a body of 262,145 bytes',
      bytes: request({ headers: [alice], body: ' '.repeat(262_145) }),
      statuses: [413],
      ends: true,
    },
    {
      name: 'a body of 10 MB in chunks',
      bytes: request({ headers: [alice, CHUNKED], body: chunked([' '.repeat(10_000_000)]) }),
      statuses: [413],
      ends: true,
    },
  ];
}

export function dialects({ alice, bob }: People): Message[] {
  const send = (
    name: string,
    parts: Parameters<typeof request>[0],
    statuses: number[],
    ends = false,
  ): Message => ({
    name,
    bytes: request({ headers: [alice], body: QUESTION, ...parts }),
    statuses,
    ends,
  });
  const targets = [
    'http://gateway.example/api/v1/watch',
    'gateway.example:80',
    '*',
    '',
    'watch',
    '/api/v1//watch',
  ];
  const hello = '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003';
  return [
    ...targets.map((target) => {
      const readable = /^(?:[/*]|http:)/.test(target);
      return send(`target "${target}"`, { target }, [readable ? 404 : 400], !readable);
    }),
    ...['OPTIONS', 'TRACE', 'PROPFIND'].map((method) => send(method, { method }, [404])),
    send('CONNECT', { method: 'CONNECT', target: 'gateway.example:80' }, [400], true),
    ...['h2c', 'websocket'].flatMap((to) => [
      send(`upgrade to ${to}`, { headers: [alice, `upgrade: ${to}`, 'connection: upgrade'] }, [200]),
      send(`upgrade to ${to} of bob`, { headers: [bob, `upgrade: ${to}`, 'connection: upgrade'] }, [403]),
    ]),
    ...['100-continue', '100-Continue', 'a lot', '200-ok'].flatMap((expect) => [
      send(`expect ${expect}`, { headers: [alice, `expect: ${expect}`] }, [200]),
      send(`expect ${expect} of bob`, { headers: [bob, `expect: ${expect}`] }, [403]),
    ]),
    send('HTTP/1.0', { version: 'HTTP/1.0' }, [200], true),
    send('HTTP/1.0 of bob', { version: 'HTTP/1.0', headers: [bob] }, [403], true),
    ...['HTTP/0.8', 'HTTP/1.2', 'HTTP/3.0', 'HTTP/1.', 'HTTPS/1.1', 'http/1.1', 'ICY/1.1'].map((version) =>
      send(`version ${version}`, { version }, [400], true),
    ),
    { name: 'HTTP/0.9', bytes: 'GET /api/v1/watch\r\n\r\n', statuses: [404] },
    misframed('TLS', `${hello}${'\u0000'.repeat(200)}`),
    misframed(
      'PROXY protocol',
      `PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n${request({ headers: [alice], body: QUESTION })}`,
    ),
    misframed('PROXY protocol 2', `\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000c${'\u007f'.repeat(12)}`),
    misframed('HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    misframed('SSH', 'SSH-2.0-OpenSSH_9.2\r\n'),
  ];
}
