import fc from 'fast-check';
import t from 'tap';
import { redactedSummary } from '../../src/config/redact.js';
import { load, loaded, MINIMAL } from './fixture.js';

const PASSWORD_FILE = 'AVISO_AUTHZ_ECPDS_PASSWORD_FILE';
const SECRET_FILE = 'AVISO_AUTHZ_JWT_SECRET_FILE';

async function withFiles(others: Record<string, string>, env: NodeJS.ProcessEnv) {
  return load([MINIMAL], { AVISOSERVER_ECPDS__PASSWORD: 'inline', ...env }, others);
}

t.test('a secret from a file wins over every other, without its last newline', async (t) => {
  for (const [content, secret] of [
    ['from a file', 'from a file'],
    ['a\n', 'a'],
    ['a\r\n', 'a'],
  ]) {
    const result = await withFiles({ '/s': content ?? '' }, { [PASSWORD_FILE]: '/s', [SECRET_FILE]: '/s' });
    t.match(result, { value: { config: { ecpds: { password: secret }, auth: { jwt_secret: secret } } } });
    t.match(result, { value: { sources: ['0.yaml', '/s', '/s'] } });
  }
});

t.test('the token of POST /recheck comes from a file, too, and is not shown', async (t) => {
  const token = 'recheck-token-0123456789';
  const env = { AVISO_AUTHZ_RECHECK_TOKEN_FILE: '/s' };
  const result = await load([MINIMAL], env, { '/s': `${token}\n` });
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  const { config } = result.value;
  t.equal(config.sidecar.recheck_token, token);
  const summary = redactedSummary(config);
  t.notMatch(JSON.stringify(summary), token);
  t.match(summary, { sidecar: { recheck_token: '[redacted]' } });
  t.match(redactedSummary((await loaded([MINIMAL])).config), { sidecar: { recheck_token: null } });
});

t.test('a file that holds no secret is refused', async (t) => {
  for (const content of ['', '\n', ' a\n', 'a\n\n']) {
    const result = await withFiles({ '/s': content }, { [PASSWORD_FILE]: '/s' });
    t.match(result, {
      failure: [{ path: 'ecpds.password', problem: new RegExp(`set by ${PASSWORD_FILE}`) }],
    });
  }
});

t.test('a file that cannot be read is a problem of its own', async (t) => {
  t.match(await withFiles({}, { [PASSWORD_FILE]: '/none' }), {
    failure: [
      { path: PASSWORD_FILE, problem: 'the file that it names does not exist', cure: /ecpds\.password/ },
    ],
  });
  t.match(await withFiles({}, { [SECRET_FILE]: '' }), { failure: [{ path: SECRET_FILE }] });
});

const SENTINEL = 'sEntinel7secret';

/** Places where a secret can stand, rightly or not, each as the text of a file. */
const PLACES: readonly string[] = [
  `ecpds: { password: ${SENTINEL} }`,
  `ecpds: { password: " ${SENTINEL}" }`,
  `ecpds: { password: [${SENTINEL}] }`,
  `ecpds: { password: { ${SENTINEL}: ${SENTINEL} } }`,
  `ecpds: { password: &${SENTINEL} 1.5, username: *${SENTINEL} }`,
  `ecpds: { password: *${SENTINEL} }`,
  `ecpds: { password: !${SENTINEL} x }`,
  `ecpds: ${SENTINEL}`,
  `ecpds: { "password ${SENTINEL}": }`,
  `ecpds: { "password=${SENTINEL}": x }`,
  `ecpds: { "password: ${SENTINEL}": x, password: "${SENTINEL} " }`,
  `ecpds: { servers: ["https://u:${SENTINEL}@a.example.int"] }`,
  `ecpds: { servers: ["https://${SENTINEL}@a.example.int/"] }`,
  `ecpds: { servers: ["https://a.example.int/?token=${SENTINEL}"] }`,
  `ecpds: { servers: ["u:${SENTINEL}"] }`,
  `ecpds: { servers: ${SENTINEL} }`,
  `ecpds: { cache_ttl_seconds: ${SENTINEL}, partial_outage_policy: ${SENTINEL} }`,
  `auth: { jwt_secret: ${SENTINEL} }`,
  `auth: { jwt_secret: "${SENTINEL}\\n" }`,
  `auth: { jwt_secret: [${SENTINEL}], mode: ${SENTINEL}, enabled: ${SENTINEL} }`,
  `auth: { mode: direct, auth_o_tron_url: "https://u:${SENTINEL}@a" }`,
  `auth: { mode: direct, auth_o_tron_url: "${SENTINEL}" }`,
  `notification_schema: { dissemination: { auth: { plugins: [${SENTINEL}] } } }`,
  `ecpds:\n  password ${SENTINEL}\n  username: x`,
  `ecpds:\n  password: "${SENTINEL}\n  username: x`,
  `ecpds:\n  password: ${SENTINEL}: x\n`,
  `ecpds:\n\tpassword: ${SENTINEL}\n`,
  `ecpds:\n  password: @${SENTINEL}\n`,
  `ecpds:\n  password: %${SENTINEL}\n`,
  `ecpds:\n  password: "\\q${SENTINEL}"\n`,
  `ecpds:\n  password: [${SENTINEL}\n`,
  `ecpds:\n  password: ${SENTINEL}\n  password: ${SENTINEL}\n`,
  `ecpds: { password: ${SENTINEL}\nauth: {`,
  `%${SENTINEL} x\n---\na: 1`,
  `${SENTINEL}`,
  `- ${SENTINEL}`,
  `? [${SENTINEL}]\n: 1`,
  `ecpds: { password:, ${SENTINEL} }`,
  `ecpds: { "password=${SENTINEL}": 1, "password=${SENTINEL}": 2 }`,
  `ecpds: { "password=${SENTINEL}": *none }`,
  `ecpds.password=${SENTINEL}: x`,
  `ecpds.${SENTINEL}: x`,
];

/** Everything that an operator gets to see. */
async function output(overlay: string, env: NodeJS.ProcessEnv): Promise<string> {
  const result = await load([MINIMAL, overlay], env);
  if (!result.ok) return JSON.stringify(result.failure);
  const { config, warnings, sources, variables } = result.value;
  return JSON.stringify([redactedSummary(config), warnings, sources, variables]);
}

t.test('a secret is in no output, wherever it stands', async (t) => {
  for (const place of PLACES) {
    t.notMatch(await output(place, {}), SENTINEL, place);
  }
  for (const name of [
    'ECPDS__PASSWORD',
    'AUTH__JWT_SECRET',
    'ECPDS',
    'AUTH',
    'ECPDS__SERVERS',
    'AUTH__ENABLED',
    'ECPDS_PASSWORD',
  ]) {
    t.notMatch(await output('{}', { [`AVISOSERVER_${name}`]: `${SENTINEL} ` }), SENTINEL, name);
    t.notMatch(await output('{}', { [`AVISOSERVER_${name}`]: SENTINEL }), SENTINEL, name);
  }
});

t.test('a secret is in no output of a file broken at any place', async () => {
  const text = MINIMAL.replace('correct horse', SENTINEL).replace(
    '0123456789abcdef0123456789abcdef-key',
    SENTINEL,
  );
  const marks = fc.constantFrom(
    '"',
    "'",
    '[',
    '{',
    '}',
    ':',
    '- ',
    '\t',
    '\n',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '?',
    ',',
    '#',
    '\0',
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length), marks, fc.nat(3), async (at, mark, dropped) => {
      const broken = text.slice(0, at) + mark + text.slice(at + dropped);
      const shown = await output(broken, {});
      if (shown.includes(SENTINEL)) throw new Error(shown);
    }),
    { numRuns: 1500 },
  );
});

t.test('the summary shows the rest, and JSON can hold it', async (t) => {
  const overlay = `
auth: { mode: direct, auth_o_tron_url: "http://auth-o-tron:8080/x" }
notification_schema:
  __proto__: { auth: { required: true, read_roles: { __proto__: [a] } } }
  dissemination: { identifier: { destination: { type: IntHandler, range: [1, 9223372036854775807] } } }
`;
  const summary = redactedSummary((await loaded([MINIMAL, overlay])).config);
  const shown = JSON.parse(JSON.stringify(summary));
  t.match(shown.auth, { jwt_secret: '[redacted]', auth_o_tron_url: 'http://auth-o-tron:8080/x' });
  t.match(shown.ecpds, {
    password: '[redacted]',
    username: 'sidecar',
    servers: ['https://ecpds.example.int/'],
  });
  t.match(shown.notification_schema.dissemination.match_rule, { range: ['1', '9223372036854775807'] });
  t.ok(Object.hasOwn(shown.notification_schema, '__proto__'));
  const off = 'auth: { auth_o_tron_url: "https://u:p@a.example.int/x?t=p" }';
  t.match(redactedSummary((await loaded([off])).config), {
    auth: { auth_o_tron_url: 'https://a.example.int/x', jwt_secret: '' },
  });
  t.match(redactedSummary((await loaded(['auth: { auth_o_tron_url: u-p }'])).config), {
    auth: { auth_o_tron_url: '[not a URL]' },
  });
});
