import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type TAP } from 'tap';
import { DEFAULT_REQUEST_TIMEOUT_SECONDS } from '../../src/cli/doctor.js';
import { includeFrom } from '../../src/cli/include.js';
import { loadConfig } from '../../src/config/load.js';
import { configFiles, configuration, runCommand } from '../helpers/command.js';
import { ENVOY_GRPC_CONFIG, ENVOY_HTTP_CONFIG, NGINX_CONFIG } from '../helpers/proxies.js';

/** A shipped configuration with a change, in a file. */
async function changed(t: Pick<TAP, 'teardown'>, path: string, from: string, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'authz-doctor-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`no ${from}`);
  const file = join(folder, 'proxy.conf');
  await writeFile(file, text.replace(from, to));
  return file;
}

t.test('the shipped configurations pass', async (t) => {
  for (const [option, file] of [
    ['--envoy', ENVOY_HTTP_CONFIG],
    ['--envoy', ENVOY_GRPC_CONFIG],
    ['--nginx', NGINX_CONFIG],
  ] as const) {
    const { code, out, err } = await runCommand(['doctor', option, file]);
    t.same([code, out, err], [0, `nothing found: ${file}\n`, '']);
  }
});

t.test(
  'a finding is told with its place, its consequence and what to write; the exit code is 1',
  async (t) => {
    const file = await changed(t, ENVOY_HTTP_CONFIG, 'failure_mode_allow: false', 'failure_mode_allow: true');
    const { code, out } = await runCommand(['doctor', '--envoy', file]);
    t.equal(code, 1);
    t.match(out, `${file}: 1 opens, 0 breaks, 0 advice\n`);
    t.match(out, /^opens {2}failure_mode_allow: is true$/m);
    t.match(out, /^ {2}at .*proxy\.conf:\d+ {2}static_resources\.listeners\[0\].*\.failure_mode_allow$/m);
    t.match(out, /^ {2}so while the authorizer is dead/m);
    t.match(out, /^ {2}-> `failure_mode_allow: false`$/m);
    t.notOk(out.includes('\u001b'), 'plain when it is piped');

    const json = await runCommand(['doctor', '--json', '--envoy', file]);
    t.equal(json.code, 1);
    t.match(JSON.parse(json.out), {
      files: [file],
      request_timeout_seconds: 30,
      findings: [
        {
          check: 'failure_mode_allow',
          severity: 'opens',
          file,
          line: Number,
          path: String,
          problem: 'is true',
        },
      ],
    });
  },
);

t.test('breaks is 1, advice alone is 0', async (t) => {
  const slow = await changed(t, NGINX_CONFIG, 'proxy_read_timeout 35s;', 'proxy_read_timeout 10s;');
  const found = await runCommand(['doctor', '--nginx', slow]);
  t.equal(found.code, 1);
  t.match(found.out, /^breaks {2}authz_timeout: `proxy_read_timeout` is 10s$/m);
  t.match(found.out, /^advice {2}script: cannot be read$/m, 'authz.js is not beside it');
  const risky = await changed(t, ENVOY_HTTP_CONFIG, 'use_remote_address: true', 'use_remote_address: false');
  const advised = await runCommand(['doctor', '--envoy', risky]);
  t.equal(advised.code, 0);
  t.match(advised.out, /^advice {2}use_remote_address: is false$/m);
});

t.test('the time for a check is measured by the configuration of the authorizer', async (t) => {
  const { config, write, remove } = await configFiles(['https://ecpds.example']);
  t.teardown(remove);
  const slow = await write('slow.yaml', { ecpds: { request_timeout_seconds: 60 } });
  const ask = (...configs: string[]) =>
    runCommand(['doctor', '--envoy', ENVOY_GRPC_CONFIG, ...configs.flatMap((file) => ['--config', file])]);
  t.equal((await ask(config)).code, 0);
  const found = await ask(config, slow);
  t.equal(found.code, 1);
  t.match(found.out, /-> `timeout: 67s` \(ecpds\.request_timeout_seconds is 60\)/);
  const broken = await ask(await write('broken.yaml', { ecpds: { nonsense: 1 } }));
  t.equal(broken.code, 2);
});

t.test('the default is that of the configuration', async (t) => {
  const { ecpds, ...rest } = configuration(['https://ecpds.example']);
  const { request_timeout_seconds, connect_timeout_seconds, ...least } = ecpds;
  t.ok(request_timeout_seconds > 0 && connect_timeout_seconds > 0);
  const readFile = () => JSON.stringify({ ...rest, ecpds: least });
  const loaded = await loadConfig({ files: ['c'], env: {}, readFile });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  t.equal(loaded.value.config.ecpds?.request_timeout_seconds, DEFAULT_REQUEST_TIMEOUT_SECONDS);
});

t.test('what says nothing about a gate is 2, and so is a file that cannot be read', async (t) => {
  const { write, remove } = await configFiles(['https://ecpds.example']);
  t.teardown(remove);
  const other = await write('other.yaml', { static_resources: { clusters: [] } });
  for (const [args, says] of [
    [['--envoy', '/nowhere'], /\/nowhere cannot be read/],
    [['--envoy', other], /has no `ext_authz` filter/],
    [['--envoy', NGINX_CONFIG], /nginx\.conf:\d+ is not valid YAML/],
    [['--nginx', other], /other\.yaml:\d+ has a brace or semicolon/],
    [['--envoy', ENVOY_HTTP_CONFIG, '--nginx', NGINX_CONFIG], /give either/],
    [[], /give either/],
  ] as const) {
    const { code, out, err } = await runCommand(['doctor', ...args]);
    t.same([code, out], [2, '']);
    t.match(err, says);
  }
});

t.test(
  'includes are read from the folder of the file, with wildcards, in the order of their names',
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'authz-include-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    for (const name of ['conf.d', 'sites.d']) await mkdir(join(folder, name));
    for (const name of ['conf.d/b.conf', 'conf.d/a.conf', 'conf.d/.c.conf', 'conf.d/d.off', 'sites.d/e.conf'])
      await writeFile(join(folder, name), name);
    const include = includeFrom(join(folder, 'nginx.conf'));
    const texts = (pattern: string) => include(pattern)?.map(({ text }) => text) ?? null;
    t.same(texts('conf.d/*.conf'), ['conf.d/a.conf', 'conf.d/b.conf']);
    t.same(texts('*.d/[!a].conf'), ['conf.d/b.conf', 'sites.d/e.conf']);
    t.same(texts('conf.d/.?.conf'), ['conf.d/.c.conf']);
    t.same(texts(join(folder, 'conf.d/a.conf')), ['conf.d/a.conf']);
    t.same(texts('none.d/*.conf'), [], 'nothing matches, which nginx allows');
    t.same(texts('conf.d/[.conf'), []);
    t.equal(texts('conf.d/none.conf'), null);
  },
);
