import t from 'tap';
import { type Case, holdCases, loaded, MINIMAL } from './fixture.js';

const CASES: readonly Case[] = [
  ['an empty block', 'sidecar: {}'],
  ['a block that is null', 'sidecar: null'],
  ['another port', 'sidecar: { http: { port: 9100 } }'],
  ['an IPv6 address', 'sidecar: { http: { host: "::1" } }'],
  ['a port the system chooses, twice', 'sidecar: { http: { port: 0 }, admin: { port: 0 } }'],
  ['a socket', 'sidecar: { http: { socket: /run/authz/http.sock } }'],
  ['a port too high', 'sidecar: { admin: { port: 65536 } }', ['sidecar.admin.port', /range/]],
  ['a host with brackets', 'sidecar: { http: { host: "[::1]" } }', ['sidecar.http.host', /not a host/]],
  ['a host that is a URL', 'sidecar: { http: { host: "http://x" } }', ['sidecar.http.host', /not a host/]],
  ['an empty host', 'sidecar: { http: { host: "" } }', ['sidecar.http.host', /not a host/]],
  ['a socket beside a port', 'sidecar: { http: { socket: /x, port: 1 } }', ['sidecar.http', /beside/]],
  ['an empty socket', 'sidecar: { http: { socket: "" } }', ['sidecar.http.socket', /empty/]],
  [
    'a socket too long',
    `sidecar: { http: { socket: /${'x'.repeat(107)} } }`,
    ['sidecar.http.socket', /too long/],
  ],
  ['one port for both', 'sidecar: { admin: { port: 9002 } }', ['sidecar.admin', /same address/]],
  [
    'one socket for both',
    'sidecar: { http: { socket: /x }, admin: { socket: /x } }',
    ['sidecar.admin', /same address/],
  ],
  ['an unknown key of a listener', 'sidecar: { http: { prot: 1 } }', ['sidecar.http.prot', /known/]],
  ['another level', 'sidecar: { log_level: warning }', ['sidecar.log_level', /known/]],
  ['another format', 'sidecar: { log_format: text }', ['sidecar.log_format', /known/]],
  ['no draining', 'sidecar: { drain_seconds: 0 }'],
  ['negative draining', 'sidecar: { drain_seconds: -1 }', ['sidecar.drain_seconds', /range/]],
  ['a number as file', 'sidecar: { ca_file: 5 }', ['sidecar.ca_file', /whole number/]],
  ['a blank file', 'sidecar: { ca_file: " " }', ['sidecar.ca_file', /blank/]],
  ['an unknown key', 'sidecar: { loglevel: info }', ['sidecar.loglevel', /known/]],
  ['gRPC off', 'sidecar: { grpc: null }'],
  ['gRPC on another port', 'sidecar: { grpc: { port: 9103 } }'],
  ['gRPC on a socket', 'sidecar: { grpc: { socket: /run/authz/grpc.sock } }'],
  ['gRPC that is a number', 'sidecar: { grpc: 9003 }', ['sidecar.grpc', /whole number/]],
  ['an unknown key of gRPC', 'sidecar: { grpc: { prot: 1 } }', ['sidecar.grpc.prot', /known/]],
  [
    'a gRPC host that is a URL',
    'sidecar: { grpc: { host: "http://x" } }',
    ['sidecar.grpc.host', /not a host/],
  ],
  [
    'gRPC on the port of HTTP',
    'sidecar: { grpc: { port: 9002 } }',
    ['sidecar.grpc', /same address as `sidecar.http`/],
  ],
  [
    'gRPC on the port of admin',
    'sidecar: { grpc: { port: 9464 } }',
    ['sidecar.admin', /same address as `sidecar.grpc`/],
  ],
  ['no providers', 'sidecar: { identity: { providers: [] } }'],
  [
    'an unknown key of identity',
    'sidecar: { identity: { refresh: 1 } }',
    ['sidecar.identity.refresh', /known/],
  ],
  ['no protections', 'sidecar: { protections: {} }'],
  ['a recheck token', `sidecar: { recheck_token: ${'x'.repeat(16)} }`],
  ['a short recheck token', 'sidecar: { recheck_token: abc }', ['sidecar.recheck_token', /short/]],
  [
    'a recheck token with a blank',
    'sidecar: { recheck_token: "0123456789 0123456789" }',
    ['sidecar.recheck_token', /Bearer/],
  ],
];

t.test('sidecar', async (t) => holdCases(t, CASES));

t.test('defaults are those of the contract', async (t) => {
  const { config } = await loaded([MINIMAL]);
  t.strictSame(config.sidecar, {
    http: { host: '127.0.0.1', port: 9002 },
    grpc: { host: '127.0.0.1', port: 9003 },
    admin: { host: '127.0.0.1', port: 9464 },
    log_level: 'info',
    log_format: 'json',
    drain_seconds: 5,
    ca_file: null,
    allow_unrouted_match_key: false,
    identity: { refresh_seconds: 3600, cooldown_seconds: 30, max_stale_seconds: 86_400, providers: [] },
    protections: {
      refresh_ahead: null,
      circuit_breaker: null,
      max_concurrent_fetches: 64,
      max_queued_fetches: 10_000,
      ttl_jitter: 0,
    },
    recheck_token: null,
    tracing: null,
  });
});

t.test('gRPC is switched off by null, also by an overlay', async (t) => {
  t.equal((await loaded([MINIMAL, 'sidecar: { grpc: null }'])).config.sidecar.grpc, null);
  const { config } = await loaded([MINIMAL, 'sidecar: { grpc: { port: 1 } }', 'sidecar: { grpc: null }']);
  t.equal(config.sidecar.grpc, null);
});

t.test('a listener is an address or a socket', async (t) => {
  const { config } = await loaded([MINIMAL, 'sidecar: { http: { socket: /x }, admin: { host: 0.0.0.0 } }']);
  t.strictSame(config.sidecar.http, { socket: '/x' });
  t.strictSame(config.sidecar.admin, { host: '0.0.0.0', port: 9464 });
});

t.test('an overlay turns an address into a socket with nulls', async (t) => {
  const address = 'sidecar: { http: { host: 127.0.0.1, port: 1 } }';
  const { config } = await loaded([address, 'sidecar: { http: { host: null, port: null, socket: /x } }']);
  t.strictSame(config.sidecar.http, { socket: '/x' });
});
