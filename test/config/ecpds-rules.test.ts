import t from 'tap';
import { type Case, holdCases, loaded, MINIMAL, problems } from './fixture.js';

const server = (url: string): string => `ecpds: { servers: [${JSON.stringify(url)}] }`;
const refused = (name: string, url: string, text: RegExp): Case => [
  name,
  server(url),
  ['ecpds.servers[0]', text],
];

const CASES: readonly Case[] = [
  ['a minimal configuration is valid', '{}'],
  ['null stands for the default', 'ecpds: { target_field: null, max_entries: ~ }'],
  ['a blank username', 'ecpds: { username: "  " }', ['ecpds.username', /blank/]],
  ['an empty username', 'ecpds: { username: "" }', ['ecpds.username', /empty/]],
  ['a padded username', 'ecpds: { username: "a " }', ['ecpds.username', /blanks around/]],
  [
    'a username that ends in NEL, which Rust trims',
    'ecpds: { username: "a\\u0085" }',
    ['ecpds.username', /around/],
  ],
  ['a missing username', 'ecpds: { username: null }', ['ecpds.username', /missing/]],
  ['a number as username is taken as text', 'ecpds: { username: 1234 }'],
  ['a fraction as username', 'ecpds: { username: 1.50 }', ['ecpds.username', /quotes/]],
  ['a blank password', 'ecpds: { password: " " }', ['ecpds.password', /blank/]],
  ['a padded password', 'ecpds: { password: "\\tx" }', ['ecpds.password', /blanks around/]],
  ['a map as password', 'ecpds: { password: { a: b } }', ['ecpds.password', /is a map, not a text/]],
  ['a blank target field', 'ecpds: { target_field: "" }', ['ecpds.target_field', /empty/]],
  ['a padded target field', 'ecpds: { target_field: " name" }', ['ecpds.target_field', /blanks around/]],
  ['no server', 'ecpds: { servers: [] }', ['ecpds.servers', /empty/]],
  ['servers left out', 'ecpds: { servers: null }', ['ecpds.servers', /missing/]],
  ['a text as servers', 'ecpds: { servers: "https://a" }', ['ecpds.servers', /text, not a list/]],
  ['null among the servers', 'ecpds: { servers: ["https://a", null] }', ['ecpds.servers[1]', /empty/]],
  [
    'two wrong servers among three',
    'ecpds: { servers: ["http://a", "https://b", "ftp://c"] }',
    ['ecpds.servers[0]', /plain http/],
    ['ecpds.servers[2]', /neither/],
  ],
  ['https with port and path', server('https://ecpds.example.int:8443/prefix/')],
  ['http on 127.0.0.1', server('http://127.0.0.1:8080')],
  ['http on ::1', server('http://[::1]:8080')],
  ['http on localhost', server('http://LocalHost:8080')],
  refused('http elsewhere', 'http://ecpds.example.int', /plain http/),
  refused('http on another loopback address', 'http://127.0.0.2', /plain http/),
  refused('http on a name that looks local', 'http://localhost.example.int', /plain http/),
  refused('http with a dot after localhost', 'http://localhost.', /plain http/),
  refused('a server without a scheme', 'ecpds.example.int', /not a URL/),
  refused('an empty server', '', /empty/),
  refused('another scheme', 'ldaps://ecpds.example.int', /neither/),
  refused('a query', 'https://a.example.int/?id=x', /query/),
  refused('an empty query', 'https://a.example.int/?', /query/),
  refused('a fragment', 'https://a.example.int/#x', /fragment/),
  refused('an empty fragment', 'https://a.example.int/#', /fragment/),
  refused('credentials', 'https://u:p@a.example.int', /credentials/),
  refused('a username', 'https://u@a.example.int', /credentials/),
  refused('empty credentials', 'https://@a.example.int', /credentials/),
  refused('a padded server', ' https://a.example.int', /blanks/),
  refused('a newline, which URL parsers drop', 'https://a.exam\nple.int', /blanks/),
  ['an empty match key', 'ecpds: { match_key: "" }', ['ecpds.match_key', /empty/]],
  ['a match key with a blank', 'ecpds: { match_key: "a b" }', ['ecpds.match_key', /blank/]],
  ['a match key with a slash', 'ecpds: { match_key: "a/b" }', ['ecpds.match_key', /`\/`/]],
  ['a match key with NUL', 'ecpds: { match_key: "a\\0" }', ['ecpds.match_key', /NUL/]],
  ['no time to live', 'ecpds: { cache_ttl_seconds: 0 }', ['ecpds.cache_ttl_seconds', /range/]],
  [
    'a time to live no timer can hold',
    'ecpds: { cache_ttl_seconds: 2147484 }',
    ['ecpds.cache_ttl_seconds', /range/],
  ],
  ['the longest time to live', 'ecpds: { cache_ttl_seconds: 2147483 }'],
  ['a number in quotes', 'ecpds: { cache_ttl_seconds: "60" }'],
  [
    'a word as number',
    'ecpds: { cache_ttl_seconds: five }',
    ['ecpds.cache_ttl_seconds', /text, not a whole/],
  ],
  ['half an entry', 'ecpds: { max_entries: 0.5 }', ['ecpds.max_entries', /not a whole number/]],
  ['negative entries', 'ecpds: { max_entries: -1 }', ['ecpds.max_entries', /range/]],
  ['more entries than memory', 'ecpds: { max_entries: 10000001 }', ['ecpds.max_entries', /range/]],
  [
    'more entries than a double can count',
    'ecpds: { max_entries: 99999999999999999999 }',
    ['ecpds.max_entries', /range/],
  ],
  [
    'no time for a request',
    'ecpds: { request_timeout_seconds: 0 }',
    ['ecpds.request_timeout_seconds', /range/],
  ],
  ['no time to connect', 'ecpds: { connect_timeout_seconds: 0 }', ['ecpds.connect_timeout_seconds', /range/]],
  ['too much time', 'ecpds: { request_timeout_seconds: 86401 }', ['ecpds.request_timeout_seconds', /range/]],
  ['infinite time', 'ecpds: { request_timeout_seconds: .inf }', ['ecpds.request_timeout_seconds', /whole/]],
  ['another policy', 'ecpds: { partial_outage_policy: lenient }', ['ecpds.partial_outage_policy', /known/]],
  ['the other policy', 'ecpds: { partial_outage_policy: any_success }'],
  ['an unknown key', 'ecpds: { cache_ttl_secondz: 5 }', ['ecpds.cache_ttl_secondz', /known/]],
  [
    'an unknown key of prototypes',
    'ecpds: { __proto__: 1, constructor: 2 }',
    ['ecpds.__proto__', /./],
    ['ecpds.constructor', /./],
  ],
  ['a list as block', 'ecpds: [a]', ['ecpds', /a list, not a map/]],
  ['no block while a schema is gated', 'ecpds: null', ['ecpds', /missing.*"dissemination"/]],
];

t.test('ecpds', async (t) => holdCases(t, CASES));

t.test('the block is checked while nothing is gated, too', async (t) => {
  const overlay =
    'notification_schema: { dissemination: { auth: { plugins: null } } }\necpds: { username: "" }';
  t.match(await problems([MINIMAL, overlay]), [{ path: 'ecpds.username' }]);
});

t.test('a slip of the pen is answered with a suggestion', async (t) => {
  const [typo] = await problems([MINIMAL, 'ecpds: { cache_ttl_secondz: 5 }']);
  t.equal(typo?.cure, 'did you mean cache_ttl_seconds?');
  const [policy] = await problems([MINIMAL, 'ecpds: { partial_outage_policy: any_succes }']);
  t.match(policy?.cure, /did you mean any_success\?/);
});

t.test('defaults are those of the contract', async (t) => {
  const { config } = await loaded([MINIMAL]);
  t.match(config.ecpds, {
    target_field: 'name',
    cache_ttl_seconds: 300,
    max_entries: 10_000,
    request_timeout_seconds: 30,
    connect_timeout_seconds: 5,
    partial_outage_policy: 'strict',
  });
  t.strictSame(config.ecpds?.servers.map(String), ['https://ecpds.example.int/']);
});
