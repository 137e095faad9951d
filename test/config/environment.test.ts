import t from 'tap';
import { readEnvironment } from '../../src/config/environment.js';
import { loaded, MINIMAL, problems } from './fixture.js';

t.test('a variable wins over every file', async (t) => {
  const overlay = 'ecpds: { cache_ttl_seconds: 60 }';
  const env = {
    AVISOSERVER_ECPDS__CACHE_TTL_SECONDS: '7',
    AVISOSERVER_ECPDS__PASSWORD: 'from the environment',
  };
  const { config, variables } = await loaded([MINIMAL, overlay], env);
  t.equal(config.ecpds?.cache_ttl_seconds, 7);
  t.equal(config.ecpds?.password, 'from the environment');
  t.strictSame(variables, ['AVISOSERVER_ECPDS__CACHE_TTL_SECONDS', 'AVISOSERVER_ECPDS__PASSWORD']);
});

t.test('names count without regard to case', async (t) => {
  const { config } = await loaded([MINIMAL], { AvisoServer_Sidecar__Http__Port: '9100' });
  t.match(config.sidecar.http, { port: 9100 });
});

t.test('booleans are spelled as Aviso spells them', async (t) => {
  const strict = async (text: string) =>
    (await loaded([MINIMAL], { AVISOSERVER_NOTIFICATION_SCHEMA_STRICT: text })).config
      .notification_schema_strict;
  for (const text of ['true', 'TRUE', '1', 'yes', 'On']) t.equal(await strict(text), true, text);
  for (const text of ['false', 'False', '0', 'no', 'OFF']) t.equal(await strict(text), false, text);
});

t.test('a variable reaches into a schema', async (t) => {
  const { config } = await loaded([MINIMAL], {
    AVISOSERVER_NOTIFICATION_SCHEMA__DISSEMINATION__IDENTIFIER__DESTINATION__MAX_LENGTH: '3',
  });
  t.match(config.notification_schema.get('dissemination')?.match_rule, { max_length: 3 });
});

t.test('blocks that are not read are ignored', async (t) => {
  const env = {
    AVISOSERVER_APPLICATION__PORT: 'x',
    AVISOSERVER_CONFIG_FILE: '/nowhere',
    AVISOSERVER_: '',
    AVISOSERVER: '',
    ECPDS__PASSWORD: 'x',
  };
  const { variables, warnings } = await loaded([MINIMAL], env);
  t.strictSame(variables, []);
  t.strictSame(warnings, []);
});

const WRONG: readonly (readonly [
  name: string,
  variable: string,
  value: string,
  path: string,
  problem: RegExp,
])[] = [
  [
    'a list',
    'AVISOSERVER_ECPDS__SERVERS',
    'https://a',
    'ecpds.servers',
    /text, not a list \(set by AVISOSERVER_ECPDS__SERVERS; a list can only be given in a file\)/,
  ],
  [
    'part of a list',
    'AVISOSERVER_ECPDS__SERVERS[0]',
    'https://a',
    'AVISOSERVER_ECPDS__SERVERS[0]',
    /part of a list/,
  ],
  ['a whole block', 'AVISOSERVER_ECPDS', 'x', 'ecpds', /not a map \(set by/],
  [
    'a word for a number',
    'AVISOSERVER_ECPDS__MAX_ENTRIES',
    'many',
    'ecpds.max_entries',
    /not a whole number \(set by/,
  ],
  ['an empty number', 'AVISOSERVER_ECPDS__MAX_ENTRIES', '', 'ecpds.max_entries', /not a whole number/],
  ['a fraction', 'AVISOSERVER_ECPDS__MAX_ENTRIES', '1.5', 'ecpds.max_entries', /not a whole number/],
  ['a number out of range', 'AVISOSERVER_ECPDS__MAX_ENTRIES', '0', 'ecpds.max_entries', /range/],
  ['another word for a boolean', 'AVISOSERVER_AUTH__ENABLED', 'enabled', 'auth.enabled', /set by/],
  ['an empty secret', 'AVISOSERVER_ECPDS__PASSWORD', '', 'ecpds.password', /empty \(set by/],
  ['an unknown setting', 'AVISOSERVER_ECPDS__PASWORD', 'x', 'ecpds.pasword', /known key \(set by/],
  ['three underscores', 'AVISOSERVER_ECPDS___PASSWORD', 'x', 'ecpds._password', /known/],
  ['four underscores', 'AVISOSERVER_ECPDS____PASSWORD', 'x', 'AVISOSERVER_ECPDS____PASSWORD', /not a path/],
  ['nothing after the block', 'AVISOSERVER_ECPDS__', 'x', 'AVISOSERVER_ECPDS__', /not a path/],
];

for (const [name, variable, value, path, problem] of WRONG) {
  t.test(`refused: ${name}`, async (t) => {
    const found = await problems([MINIMAL], { [variable]: value });
    t.match(found, [{ path, problem }]);
    t.equal(found.length, 1);
  });
}

t.test('two variables for one setting are refused, not put in an order', async (t) => {
  const env = { AVISOSERVER_ECPDS__USERNAME: 'a', avisoserver_ecpds__username: 'b' };
  t.match(await problems([MINIMAL], env), [{ path: 'avisoserver_ecpds__username', problem: /the same as/ }]);
});

t.test('a single underscore after a block is warned about', async (t) => {
  const { warnings } = readEnvironment({
    AVISOSERVER_ECPDS_PASSWORD: 'x',
    AVISOSERVER_NOTIFICATION_SCHEMA_STRICT: '1',
  });
  t.match(warnings, [{ path: 'AVISOSERVER_ECPDS_PASSWORD', cure: /AVISOSERVER_ECPDS__PASSWORD/ }]);
  t.equal(warnings.length, 1);
});
