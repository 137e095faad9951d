import fc from 'fast-check';
import t from 'tap';
import type { Decision } from '../../../src/domain/decision.js';
import { checkMethod } from '../../../src/transport/envoy-grpc/check.js';
import { checkMessage } from '../../helpers/grpc.js';
import { checkService } from '../../proxies/check-service.js';

const DENY: Decision = { kind: 'deny', reason: 'DestinationNotInList', cacheOutcome: 'hit' };
const SERVICE = checkService()['Check'];

/** Shows these bytes to the adapter over a core that denies, and says what is wrong with its answer. */
async function flawOf(message: Uint8Array): Promise<string | null> {
  let asked = 0;
  const method = checkMethod({
    decide: async () => {
      asked += 1;
      return DENY;
    },
    refuse: () => {
      asked += 1;
    },
    challenges: () => ['Bearer'],
    now: () => 1000,
  });
  const answer = await method.handle(message, {});
  if (!(answer instanceof Uint8Array)) return 'a failed call';
  const response = SERVICE?.responseDeserialize(Buffer.from(answer));
  const { status, denied_response } = response as unknown as {
    status: { code: number } | null;
    denied_response: { status: { code: string | number } | null } | null;
  };
  if ((status?.code ?? 0) === 0) return 'an allow';
  if (Number(denied_response?.status?.code) < 400 || denied_response == null) return 'no refusal';
  return asked === 1 ? null : `recorded ${asked} times`;
}

const printable = fc.string({ maxLength: 20 });
/** The bytes of checks that can be read. */
const checks = fc
  .record({
    method: fc.constantFrom('POST', 'GET', ''),
    path: fc.constantFrom('/api/v1/watch', '/api/v1/notification', '/', ''),
    headers: fc.array(fc.tuple(fc.constantFrom('authorization', 'x-request-id', 'x-aviso-user'), printable)),
    joinedHeaders: fc.array(fc.tuple(printable, printable)),
    rawBody: fc.uint8Array({ maxLength: 60 }),
    extensions: fc.dictionary(fc.constantFrom('operation', 'label', '__proto__'), printable),
  })
  .map((parts) => Buffer.from(checkMessage(parts)));

/** What can happen to bytes on their way: one changed, some cut off, some put in. */
type Harm = (bytes: Buffer) => Buffer;
const harms: fc.Arbitrary<Harm> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[at % changed.length] = byte;
    return changed;
  }),
  fc.nat().map((end) => (bytes: Buffer) => bytes.subarray(0, end % (bytes.length + 1))),
  fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 12 })).map(([at, more]) => (bytes: Buffer) => {
    const cut = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, cut), more, bytes.subarray(cut)]);
  }),
);

/** fast-check says the seed when one of these fails. */
async function holdsFor(messages: fc.Arbitrary<Uint8Array>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(messages, async (message) => {
      const flaw = await flawOf(message);
      if (flaw !== null) throw new Error(`${flaw}: ${Buffer.from(message).toString('hex')}`);
    }),
    { numRuns },
  );
}

t.test('no bytes at all are an allow, a failed call or an exception', async (t) => {
  await holdsFor(fc.uint8Array({ maxLength: 200 }), 3000);
  t.pass();
});

t.test('neither is a check, whole', async (t) => {
  await holdsFor(checks, 500);
  t.pass();
});

t.test('nor one that was damaged on its way', async (t) => {
  const damaged = fc
    .tuple(checks, fc.array(harms, { minLength: 1, maxLength: 4 }))
    .map(([bytes, harm]) => harm.reduce<Buffer>((harmed, one) => one(harmed), bytes));
  await holdsFor(damaged, 5000);
  t.pass();
});

t.test('nor one that nests without end, or claims lengths that it has not', async (t) => {
  const groups = Buffer.alloc(1_000_000, 0x0b);
  const nested = Array.from({ length: 500 }).reduce<Buffer>(
    (inner) => Buffer.concat([Buffer.of(0x0a, ...varint(inner.length)), inner]),
    Buffer.alloc(0),
  );
  const lies = [0x7f, 0xff, 0xffff_ffff].map((length) => Buffer.of(0x0a, ...varint(length)));
  for (const message of [groups, nested, ...lies, Buffer.alloc(20, 0xff)]) {
    t.equal(await flawOf(message), null);
  }
});

/** A number as protobuf writes lengths. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
}
