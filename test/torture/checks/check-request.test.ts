import t from 'tap';
import { field, numberField } from '../protobuf/write.js';
import { readCheckRequest } from './check-request.js';
import { readCheckResponse } from './check-response.js';

const http = (...fields: readonly Buffer[]): Buffer => field(1, field(4, field(2, Buffer.concat(fields))));
const kinds = (bytes: Buffer): string =>
  [...new Set(readCheckRequest(bytes).readings.map(({ kind }) => kind))].join();

t.test('a check is read by field numbers', async (t) => {
  const header = (name: string, value: string) =>
    field(1, Buffer.concat([field(1, name), field(3, Buffer.from(value, 'latin1'))]));
  const entry = (key: string, value: string) => Buffer.concat([field(1, key), field(2, value)]);
  const check = field(
    1,
    Buffer.concat([
      field(10, entry('operation', 'watch')),
      field(
        4,
        field(
          2,
          Buffer.concat([
            field(2, 'POST'),
            field(3, entry('a', 'b')),
            field(4, '/x'),
            field(12, Buffer.from([0xff])),
            field(13, Buffer.concat([header('c', '\u00e9')])),
          ]),
        ),
      ),
    ]),
  );
  const request = {
    method: 'POST',
    target: '/x',
    headers: [
      ['a', 'b'],
      ['c', '\u00e9'],
    ],
    body: Buffer.from([0xff]),
    routeOperation: 'watch',
    isLate: false,
  };
  t.same(readCheckRequest(check).readings[0], { kind: 'request', request });
});

t.test('what is no check is malformed, and a body as text is told apart', async (t) => {
  t.equal(kinds(Buffer.alloc(0)), 'malformed');
  t.equal(kinds(field(1, '')), 'malformed');
  t.equal(kinds(http()), 'request');
  t.equal(kinds(http(field(11, 'x'))), 'body as text');
  t.equal(kinds(http(Buffer.of(0))), 'malformed');
  t.equal(kinds(http(Buffer.of(0x1c))), 'malformed');
  t.equal(kinds(http(field(2, 'POST')).subarray(0, -1)), 'malformed');
  t.equal(kinds(http(field(4, Buffer.of(0xff)))), 'request,malformed', 'text that is no UTF-8 may be either');
});

t.test('an answer is an allow only when it says so in both places', async (t) => {
  const kind = (...fields: readonly Buffer[]): string => readCheckResponse(Buffer.concat(fields)).kind;
  const code = (value: number) => field(1, value === 0 ? '' : numberField(1, value));
  const denied = (status: number) => field(2, field(1, numberField(1, status)));
  t.equal(kind(code(0), field(3, '')), 'allow');
  t.equal(kind(code(7), denied(403)), 'refusal');
  t.equal(kind(), 'flawed');
  t.equal(kind(code(0)), 'flawed');
  t.equal(kind(field(3, '')), 'flawed');
  t.equal(kind(code(0), denied(403)), 'flawed');
  t.equal(kind(code(7), field(3, '')), 'flawed');
  t.equal(kind(code(7), denied(200)), 'flawed');
  t.equal(kind(code(7), denied(403), field(3, '')), 'flawed');
});
