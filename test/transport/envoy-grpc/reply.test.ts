import fc from 'fast-check';
import t from 'tap';
import type { AllowReason, Decision } from '../../../src/domain/decision.js';
import { INVALID_STATUS, type InvalidCode } from '../../../src/domain/decision.js';
import { FETCH_FAILURES } from '../../../src/domain/fetch-outcome.js';
import { statusOf } from '../../../src/observe/vocabulary.js';
import { answerTo } from '../../../src/transport/answer.js';
import { replyEnvoyGrpc } from '../../../src/transport/envoy-grpc/reply.js';
import { identity } from '../../helpers/identity.js';
import { checkService } from '../../proxies/check-service.js';

interface Header {
  readonly header: { readonly key: string; readonly value: string; readonly raw_value: Buffer };
  readonly append_action: string | number;
}

/** A `CheckResponse` as another library reads it: what is not there is null or empty. */
interface Response {
  readonly status: { readonly code: number; readonly message: string } | null;
  readonly denied_response?: {
    readonly status: { readonly code: string | number } | null;
    readonly headers: Header[];
    readonly body: string;
  } | null;
  readonly ok_response?: { readonly headers: Header[]; readonly headers_to_remove: string[] } | null;
  readonly error_response?: unknown;
}

const SERVICE = checkService()['Check'];

function read(message: Uint8Array): Response {
  if (SERVICE === undefined) throw new Error('no such method');
  return SERVICE.responseDeserialize(Buffer.from(message)) as unknown as Response;
}

const text = fc.string({ unit: 'binary', maxLength: 40 });
const name = fc.oneof(text, fc.constantFrom('a\r\nx-aviso-user: root', '', '%', 'x'.repeat(5000)));
const user = fc
  .record({ username: name, realm: fc.option(name), issuer: fc.option(text), roles: fc.array(text) })
  .map(identity);
const hit = fc.constantFrom('hit' as const, 'miss_fetched' as const, 'miss_coalesced' as const);
const REASONS: readonly AllowReason[] = ['not_gated', 'admin_bypass', 'destination_listed'];
const CODES = Object.keys(INVALID_STATUS) as InvalidCode[];

/** Any decision there is. */
const decisions: fc.Arbitrary<Decision> = fc.oneof(
  fc.record({
    kind: fc.constant('allow' as const),
    reason: fc.constantFrom(...REASONS),
    identity: fc.option(user),
    cacheOutcome: fc.option(hit),
  }),
  fc.record({ kind: fc.constant('invalid' as const), code: fc.constantFrom(...CODES), message: text }),
  fc.record({
    kind: fc.constantFrom('unauthenticated' as const, 'forbidden' as const, 'identity_unavailable' as const),
    message: text,
  }),
  fc.record({
    kind: fc.constant('deny' as const),
    reason: fc.constantFrom('DestinationNotInList' as const, 'MatchKeyMissing' as const),
    cacheOutcome: hit,
  }),
  fc.record({
    kind: fc.constant('unavailable' as const),
    fetchOutcome: fc.constantFrom(...FETCH_FAILURES.map(({ outcome }) => outcome)),
    cacheOutcome: hit,
  }),
  fc.record({
    kind: fc.constant('error' as const),
    errorKind: fc.constantFrom('missing_checker' as const, 'unexpected' as const, 'body_not_raw' as const),
    cause: fc.anything(),
    cacheOutcome: fc.option(hit),
  }),
);
const forgeries = fc.array(fc.stringMatching(/^x-aviso-[a-z-]{0,9}$/));
const OPTIONS = { requestId: 'r-1', challenges: ['Bearer', 'Basic'] };
const replied = (decision: Decision, forged: readonly string[] = []): Response =>
  read(replyEnvoyGrpc(answerTo(decision, OPTIONS), forged));

t.test('the response allows exactly when the decision does, by every sign there is', async (t) => {
  fc.assert(
    fc.property(decisions, forgeries, (decision, forged) => {
      const message = replyEnvoyGrpc(answerTo(decision, OPTIONS), forged);
      const { status, ok_response, denied_response, error_response } = read(message);
      const allows = decision.kind === 'allow';
      const code = Number(denied_response?.status?.code);
      return (
        message.length > 0 &&
        status !== null &&
        (status.code === 0) === allows &&
        (ok_response != null) === allows &&
        (denied_response != null) === !allows &&
        error_response == null &&
        (allows || (code >= 400 && code < 600 && code === statusOf(decision)))
      );
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

t.test('whatever a user is called, a header of ours is one plain value that replaces', async (t) => {
  fc.assert(
    fc.property(decisions, (decision) => {
      const { ok_response, denied_response } = replied(decision);
      const headers = ok_response?.headers ?? denied_response?.headers ?? [];
      return headers.every(
        ({ header, append_action }) =>
          /^[\x20-\x7e]*$/.test(header.value) &&
          /^[a-z-]+$/.test(header.key) &&
          header.raw_value.length === 0 &&
          Number(append_action) === 2,
      );
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test('after an allow the gateway sees no x-aviso header but ours', async (t) => {
  const allow = decisions.filter((decision) => decision.kind === 'allow');
  fc.assert(
    fc.property(allow, forgeries, (decision, forged) => {
      const { ok_response } = replied(decision, forged);
      const set = ok_response?.headers.map(({ header }) => header.key) ?? [];
      const removed = ok_response?.headers_to_remove ?? [];
      const claimed = [...forged, 'x-aviso-user', 'x-aviso-realm', 'x-aviso-decision'];
      return (
        claimed.every((name) => set.includes(name) !== removed.includes(name)) &&
        set.every((name) => name === 'x-aviso-user' || name === 'x-aviso-realm')
      );
    }),
  );
  t.pass();
});

t.test('each status has a code of gRPC of its own meaning', async (t) => {
  const codes = (decision: Decision) => replied(decision).status?.code;
  t.equal(codes({ kind: 'unauthenticated', message: '' }), 16);
  t.equal(codes({ kind: 'forbidden', message: '' }), 7);
  t.equal(codes({ kind: 'identity_unavailable', message: '' }), 14);
  t.equal(codes({ kind: 'error', errorKind: 'unexpected', cause: null, cacheOutcome: null }), 13);
  const invalid = CODES.map((code) => [code, codes({ kind: 'invalid', code, message: '' })]);
  t.same(Object.fromEntries(invalid), {
    INVALID_JSON: 3,
    UNKNOWN_FIELD: 3,
    INVALID_REQUEST_SHAPE: 3,
    UNKNOWN_EVENT_TYPE: 3,
    NOT_FOUND: 5,
    REQUEST_TIMEOUT: 4,
    OVERLOADED: 14,
    PAYLOAD_TOO_LARGE: 8,
    UNSUPPORTED_MEDIA_TYPE: 3,
    REQUEST_HEADER_FIELDS_TOO_LARGE: 8,
  });
});

t.test('an answer that does not allow is a refusal, whatever its status', async (t) => {
  for (const status of [0, 100, 200, 204, 302, 418, 500, 599, 999, Number.NaN]) {
    const response = read(replyEnvoyGrpc({ allows: false, status, headers: {}, body: '' }, []));
    t.match(response, { status: { code: 13 }, denied_response: {} });
    t.equal(Number(response.denied_response?.status?.code), 500);
    t.notOk(response.ok_response);
  }
});
