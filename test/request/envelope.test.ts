import t from 'tap';
import { INVALID_STATUS } from '../../src/domain/decision.js';
import { MAX_BODY_BYTES, readEnvelope } from '../../src/request/envelope.js';

const read = (body: string | Buffer) => readEnvelope(Buffer.from(body));
const codeOf = (body: string | Buffer): string => {
  const result = read(body);
  return result.ok ? 'ok' : result.failure.code;
};
const GOOD = '{"event_type":"dissemination","identifier":{"destination":"CIP"}}';
const withMember = (member: string) => `${GOOD.slice(0, -1)},${member}}`;

/** Contract section 2, "Body": body to code. */
const TABLE: Record<string, readonly (readonly [string, string])[]> = {
  ok: [
    ['the two fields', GOOD],
    ['an empty identifier', '{"event_type":"x","identifier":{}}'],
    ['an empty event type', '{"event_type":"","identifier":{}}'],
    ['null from_id', withMember('"from_id":null')],
    ['from_id', withMember('"from_id":"12"')],
    ['from_date', withMember('"from_date":"2026-01-01T00:00:00Z"')],
    ['null from_date', withMember('"from_date":null')],
    ['any payload', withMember('"payload":[1,{"a":null},"x"]')],
    ['a name repeated inside the payload', withMember('"payload":{"a":1,"a":2}')],
    ['identifier fields the schema may not know', '{"event_type":"x","identifier":{"y":null,"z":[1]}}'],
    ['white space around', ` \n${GOOD}\t\r\n`],
  ],
  INVALID_JSON: [
    ['nothing', ''],
    ['white space only', '  '],
    ['half a document', '{"event_type":'],
    ['two documents', `${GOOD}${GOOD}`],
    ['a byte order mark', `\ufeff${GOOD}`],
    ['a lone surrogate', GOOD.replace('CIP', '\\udfff')],
    ['a lone surrogate in the payload', withMember('"payload":"\\ud800"')],
    ['nesting of 128', withMember(`"payload":${'['.repeat(127)}${']'.repeat(127)}`)],
    ['a number beyond a double', withMember('"payload":1e400')],
    ['JSON of another kind', "{'event_type':'x'}"],
  ],
  UNKNOWN_FIELD: [
    ['another field', withMember('"x":1')],
    ['another case', '{"Event_Type":"x","identifier":{}}'],
    ['__proto__', withMember('"__proto__":{}')],
    ['an unknown field beside a bad shape', '{"event_type":1,"x":1}'],
    ['a field with a space', withMember('"from_id ":"1"')],
  ],
  INVALID_REQUEST_SHAPE: [
    ['a list in place of the object', '["dissemination",{"destination":"CIP"}]'],
    ['a string', '"x"'],
    ['null', 'null'],
    ['a number', '1'],
    ['an empty object', '{}'],
    ['no event type', '{"identifier":{}}'],
    ['no identifier', '{"event_type":"x"}'],
    ['an event type that is null', '{"event_type":null,"identifier":{}}'],
    ['an event type that is a number', '{"event_type":1,"identifier":{}}'],
    ['an event type in a list', '{"event_type":["x"],"identifier":{}}'],
    ['an identifier that is null', '{"event_type":"x","identifier":null}'],
    ['an identifier that is a list', '{"event_type":"x","identifier":[]}'],
    ['an identifier that is a string', '{"event_type":"x","identifier":"{}"}'],
    ['from_id that is a number', withMember('"from_id":1')],
    ['from_date that is a boolean', withMember('"from_date":false')],
    ['a repeated event type', withMember('"event_type":"open"')],
    ['a repeated identifier', withMember('"identifier":{"destination":"FOO"}')],
    ['a repeated from_id', withMember('"from_id":"1","from_id":"1"')],
    ['a repeated match key', GOOD.replace('{"destination"', '{"destination":"A","destination"')],
    ['a match key repeated in disguise', GOOD.replace('{"dest', '{"\\u0064estination":"A","dest')],
    ['a repetition below the identifier', '{"event_type":"x","identifier":{"a":[{"b":1,"b":2}]}}'],
    ['a repeated payload', withMember('"payload":1,"payload":1')],
  ],
};

for (const [code, rows] of Object.entries(TABLE)) {
  for (const [what, body] of rows) t.equal(codeOf(body), code, `${what}: ${code}`);
}

t.test('what was read is what was written, after unescaping', async (t) => {
  const result = read('{"identifier":{"\\u0064estination":"\\u0043IP"},"event_type":"diss\\u0065mination"}');
  t.ok(result.ok);
  if (!result.ok) return;
  t.equal(result.value.eventType, 'dissemination');
  t.equal(result.value.identifier.members.get('destination'), 'CIP');
});

t.test('invalid UTF-8 is invalid JSON, wherever it stands', async (t) => {
  const bad = Buffer.from([0xff]);
  const [before = '', after = ''] = GOOD.split('CIP');
  t.equal(codeOf(Buffer.concat([Buffer.from(before), bad, Buffer.from(after)])), 'INVALID_JSON');
  t.equal(codeOf(Buffer.concat([Buffer.from(GOOD), bad])), 'INVALID_JSON');
});

t.test('the limit of size is exact and counts bytes', async (t) => {
  t.equal(MAX_BODY_BYTES, 262_144);
  t.equal(codeOf(GOOD + ' '.repeat(MAX_BODY_BYTES - GOOD.length)), 'ok');
  t.equal(codeOf(GOOD + ' '.repeat(MAX_BODY_BYTES - GOOD.length + 1)), 'PAYLOAD_TOO_LARGE');
  t.equal(codeOf(Buffer.alloc(MAX_BODY_BYTES + 1, 0xff)), 'PAYLOAD_TOO_LARGE', 'size comes before content');
  const wide = withMember(`"payload":"${'é'.repeat(MAX_BODY_BYTES / 2)}"`);
  t.equal(codeOf(wide), 'PAYLOAD_TOO_LARGE');
});

t.test('every refusal has a status, a sentence and nothing of the body in it', async (t) => {
  const secret = 'nobody-may-read-this';
  const bodies = [
    `{"${secret}":1}`,
    `{"event_type":"${secret}","identifier":"${secret}"}`,
    `${secret}`,
    `"${secret}`,
  ];
  for (const body of bodies) {
    const result = read(body);
    t.equal(result.ok, false);
    if (result.ok) continue;
    t.equal(INVALID_STATUS[result.failure.code], 400);
    t.ok(result.failure.message.length > 10);
    t.notMatch(result.failure.message, secret);
  }
});
