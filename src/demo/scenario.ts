/** Who sends a request of the demo. */
export type Sender = 'alice' | 'bob' | 'admin' | 'nobody' | 'forger';

/** One request of the demo, and what it stands for. */
export interface Step {
  readonly title: string;
  readonly sender: Sender;
  readonly path: string;
  readonly body: string;
  /** The status a client must see; the demo fails when it sees another. */
  readonly expected: number;
  /** Something to do to the demo's world before the request. */
  readonly before?: 'stop-second-ecpds';
}

const watch = (identifier: Record<string, unknown>, event_type = 'dissemination'): string =>
  JSON.stringify({ event_type, identifier });

/** Which destinations the two stand-in servers list: federated, so alice's rights are spread over both. */
export const FIRST_ECPDS = { alice: ['CIP'], bob: ['CIP'] };
export const SECOND_ECPDS = { alice: ['FOO'] };

const WATCH = '/api/v1/watch';

/** One request per outcome of the runbook, and the refusals around them. */
export const STEPS: readonly Step[] = [
  {
    title: 'allow: ECPDS lists the destination',
    sender: 'alice',
    path: WATCH,
    body: watch({ destination: 'CIP' }),
    expected: 200,
  },
  {
    title: 'allow: the other server lists it, from cache',
    sender: 'alice',
    path: WATCH,
    body: watch({ destination: 'FOO' }),
    expected: 200,
  },
  {
    title: 'deny: no server lists it',
    sender: 'alice',
    path: WATCH,
    body: watch({ destination: 'SECRET' }),
    expected: 403,
  },
  {
    title: 'deny: the request names no destination',
    sender: 'alice',
    path: WATCH,
    body: watch({}),
    expected: 403,
  },
  {
    title: 'admin bypass',
    sender: 'admin',
    path: WATCH,
    body: watch({ destination: 'SECRET' }),
    expected: 200,
  },
  { title: 'no token', sender: 'nobody', path: WATCH, body: watch({ destination: 'CIP' }), expected: 401 },
  {
    title: 'a token signed with another secret',
    sender: 'forger',
    path: WATCH,
    body: watch({ destination: 'CIP' }),
    expected: 401,
  },
  {
    title: 'an unknown event type',
    sender: 'alice',
    path: WATCH,
    body: watch({ destination: 'CIP' }, 'disseminate'),
    expected: 400,
  },
  {
    title: 'the wildcard in place of a destination',
    sender: 'alice',
    path: WATCH,
    body: watch({ destination: '*' }),
    expected: 400,
  },
  { title: 'not JSON', sender: 'alice', path: WATCH, body: '{"event_type":', expected: 400 },
  {
    title: 'a route that Aviso does not have',
    sender: 'alice',
    path: '/api/v1/watch/',
    body: watch({ destination: 'CIP' }),
    expected: 404,
  },
  {
    title: 'a notification: never gated',
    sender: 'nobody',
    path: '/api/v1/notification',
    body: '{}',
    expected: 200,
  },
  {
    title: 'unavailable: one ECPDS server is down (strict)',
    sender: 'bob',
    path: WATCH,
    body: watch({ destination: 'CIP' }),
    expected: 503,
    before: 'stop-second-ecpds',
  },
  {
    title: 'still allowed: alice is cached',
    sender: 'alice',
    path: WATCH,
    body: watch({ destination: 'CIP' }),
    expected: 200,
  },
];
