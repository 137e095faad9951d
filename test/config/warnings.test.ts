import t from 'tap';
import { loaded, MINIMAL } from './fixture.js';

const rule = (inner: string): string =>
  `notification_schema: { dissemination: { identifier: { destination: ${inner} } } }`;
const FIELD = 'notification_schema.dissemination.identifier.destination';

const CASES: readonly (readonly [name: string, overlay: string, ...paths: string[]])[] = [
  ['nothing is risky', '{}'],
  [
    'jitter that outruns the refresh',
    'sidecar: { protections: { refresh_ahead: {}, ttl_jitter: 0.3 } }',
    'sidecar.protections.ttl_jitter',
  ],
  [
    'jitter that leaves the refresh its time',
    'sidecar: { protections: { refresh_ahead: { after_ratio: 0.5 }, ttl_jitter: 0.3 } }',
  ],
  ['jitter without a refresh', 'sidecar: { protections: { ttl_jitter: 0.9 } }'],
  [
    'auth-o-tron over plain http',
    'auth: { mode: direct, auth_o_tron_url: "http://auth-o-tron" }',
    'auth.auth_o_tron_url',
  ],
  [
    'auth-o-tron over plain http on this host',
    'auth: { mode: direct, auth_o_tron_url: "http://127.0.0.1:1" }',
  ],
  ['auth-o-tron over https', 'auth: { mode: direct, auth_o_tron_url: "https://auth-o-tron" }'],
  ['auth-o-tron unused', 'auth: { auth_o_tron_url: "http://auth-o-tron" }'],
  ['any_success', 'ecpds: { partial_outage_policy: any_success }', 'ecpds.partial_outage_policy'],
  ['a secret of 31 bytes', `auth: { jwt_secret: ${'x'.repeat(31)} }`, 'auth.jwt_secret'],
  ['a secret of 32 bytes', `auth: { jwt_secret: ${'é'.repeat(16)} }`],
  ['an Enum match key', rule('{ type: EnumHandler, values: [a] }'), FIELD],
  [
    'an Enum match key that takes nothing',
    rule('{ type: EnumHandler, values: [] }'),
    `${FIELD}.values`,
    FIELD,
  ],
  ['a range that is empty', rule('{ type: IntHandler, range: [2, 1] }'), `${FIELD}.range`],
  ['a length of none', rule('{ max_length: 0 }'), `${FIELD}.max_length`],
  ['unknown event types pass', 'notification_schema_strict: false', 'notification_schema_strict'],
  [
    'nothing gated',
    'notification_schema: { dissemination: { auth: { plugins: null } } }',
    'notification_schema',
  ],
  ['a server on this host', 'ecpds: { servers: [https://a, "http://localhost:1"] }', 'ecpds.servers[1]'],
  ['a server twice', 'ecpds: { servers: [https://a, https://b, https://A/] }', 'ecpds.servers[2]'],
  [
    'a connect timeout that is never reached',
    'ecpds: { request_timeout_seconds: 5 }',
    'ecpds.connect_timeout_seconds',
  ],
  ['a colon in the username', 'ecpds: { username: "a:b" }', 'ecpds.username'],
  [
    'an unrouted match key',
    'sidecar: { allow_unrouted_match_key: true }',
    'sidecar.allow_unrouted_match_key',
  ],
  [
    'listeners for everybody',
    'sidecar: { http: { host: 0.0.0.0 }, admin: { host: "::" } }',
    'sidecar.http.host',
    'sidecar.admin.host',
  ],
  ['listeners on loopback', 'sidecar: { http: { host: localhost }, admin: { host: "::1" } }'],
  ['listeners on sockets', 'sidecar: { http: { socket: /a }, admin: { socket: /b } }'],
];

for (const [name, overlay, ...paths] of CASES) {
  t.test(name, async (t) => {
    const { warnings } = await loaded([MINIMAL, overlay]);
    t.strictSame(
      warnings.map(({ path }) => path),
      paths,
    );
    for (const { problem, cure } of warnings) t.ok(problem !== '' && cure !== '');
  });
}
