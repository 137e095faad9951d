import t from 'tap';
import { seeded } from '../../../../tools/drill/random.js';
import { answersIn, chunked, request } from './http1.js';
import { frame, framesIn, literal, message, settings, TYPE } from './http2.js';
import { cut } from './peer.js';

t.test('answers are read in order, without interim ones and without what is not whole', async (t) => {
  const text = [
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 200 OK\r\nx-request-id: a\r\nx-aviso-decision: allow\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nx-request-id: b\r\n\r\n{}',
    'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf',
  ].join('');
  t.same(answersIn(text), [
    { status: 200, requestId: 'a', decision: 'allow', body: '' },
    { status: 403, requestId: 'b', decision: '', body: '{}' },
  ]);
});

t.test('a request has a length unless its framing is given', async (t) => {
  t.match(request({ body: 'abc' }), /\r\ncontent-length: 3\r\n\r\nabc$/);
  t.notMatch(request({ headers: ['transfer-encoding: chunked'], body: chunked(['abc']) }), /content-length/);
  t.equal(chunked(['abc']), '3\r\nabc\r\n0\r\n\r\n');
});

t.test('frames are written as RFC 9113 has them, and read back', async (t) => {
  t.equal(settings([3, 100]).toString('hex'), '000006040000000000000300000064');
  t.equal(literal('a', 'b'.repeat(200)).subarray(0, 5).toString('hex'), '0001617f49');
  t.equal(message(Buffer.from('x'), 1, 0xffffffff).toString('hex'), '01ffffffff78');
  const frames = framesIn(
    Buffer.concat([frame(TYPE.PING, 1, 0, Buffer.alloc(8)), frame(0, 0, 5)]).toString('latin1'),
  );
  t.match(frames, [
    { type: TYPE.PING, flags: 1, stream: 0 },
    { type: 0, stream: 5 },
  ]);
});

t.test('a text that is cut is the same text, and is cut in the same places for the same seed', async (t) => {
  const text = 'abcdefghij'.repeat(10);
  t.equal(cut(text, 7, seeded(3)).join(''), text);
  t.same(cut(text, 7, seeded(3)), cut(text, 7, seeded(3)));
});
