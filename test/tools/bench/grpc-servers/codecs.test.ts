import t from 'tap';
import { CheckResponse } from '../../../../src/grpc/gen/envoy/service/auth/v3/external_auth.js';
import { readCheck } from '../../../../src/transport/envoy-grpc/read.js';
import { codecs } from '../../../../tools/bench/grpc-servers/codecs.js';
import { allow, checkBytes, WATCH_BODY } from '../../../../tools/bench/grpc-servers/message.js';

t.test('the check is one that the sidecar reads: a watch request with its token and body', async (t) => {
  const read = readCheck(checkBytes(), {}, 0);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  const { method, target, authorization, body, routeOperation } = read.value.request;
  t.match(
    { method, target, routeOperation },
    { method: 'POST', target: '/api/v1/watch', routeOperation: 'watch' },
  );
  t.match(authorization[0], /^Bearer /);
  t.equal(Buffer.from(body).toString(), WATCH_BODY);
});

for (const [name, { decode, encode }] of Object.entries(codecs())) {
  t.test(`${name} reads the check, and writes the same answer as the others`, async (t) => {
    t.match(JSON.stringify(decode(checkBytes())), '"path":"/api/v1/watch"');
    t.strictSame(CheckResponse.decode(new Uint8Array(encode())), allow());
    t.throws(() => decode(Buffer.from([0x0a, 0x7f])), 'half a message is none');
  });
}
