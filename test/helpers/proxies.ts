import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { envoyArguments, envoyPorts, firstAnswer } from '../../src/demo/envoy-ready.js';
import { findEnvoy, findNginx, type NginxFound } from '../../tools/proxies/fetch.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The configurations as shipped. */
export const ENVOY_HTTP_CONFIG = join(ROOT, 'envoy', 'envoy-http.yaml');
export const ENVOY_GRPC_CONFIG = join(ROOT, 'envoy', 'envoy-grpc.yaml');
export const NGINX_CONFIG = join(ROOT, 'deploy', 'nginx', 'nginx.conf');

/** How long a proxy may take to stop, in milliseconds. */
const STOP_MS = 5_000;

export interface ProxyOptions {
  readonly sidecarPort: number;
  readonly gatewayPort: number;
  /** A shipped configuration; the HTTP one unless given. */
  readonly configPath?: string;
  /** Any free port unless given. */
  readonly listenerPort?: number;
  readonly adminPort?: number;
  /** Instead of the shipped ones, in milliseconds. */
  readonly timeouts?: {
    /** The whole check. */
    readonly checkMs?: number;
    /** A request's arrival: all of it in Envoy, each pause of its body in nginx (whole seconds there). */
    readonly requestMs?: number;
    /** Silence on a gated stream. */
    readonly idleMs?: number;
    /** A gated stream's whole life; Envoy only. */
    readonly maxStreamMs?: number;
  };
}

export interface RunningProxy {
  /** HTTP/1.1, and for Envoy HTTP/2 without TLS as well. */
  readonly port: number;
  /** HTTP/2 without TLS. */
  readonly http2Port: number;
  /** Envoy's admin interface; 0 for nginx, which has none. */
  readonly adminPort: number;
  /** Ends the process and waits for it. */
  stop(): Promise<void>;
  /** Everything logged so far, access log included. */
  log(): Promise<string>;
}

/**
 * For a test's `skip`: false when the proxy can be had, else the reason.
 * @throws under CI=true, where a missing proxy is a failure
 */
export async function missing(proxy: 'envoy' | 'nginx'): Promise<string | false> {
  const found = await (proxy === 'envoy' ? findEnvoy : findNginx)({ env: process.env, log: progress });
  if (found.ok) return false;
  if (process.env['CI'] === 'true') throw new Error(`no ${proxy}: ${found.why}`);
  return `no ${proxy} here: ${found.why}`;
}

const progress = (line: string): void => void process.stderr.write(`# ${line}\n`);

/**
 * Starts Envoy with a shipped configuration, of which only ports, addresses and time-outs are changed.
 * @throws when there is no Envoy, or it is not ready in time
 */
export async function startEnvoy(options: ProxyOptions): Promise<RunningProxy> {
  const envoy = await findEnvoy({ env: process.env, log: progress });
  if (!envoy.ok) throw new Error(envoy.why);
  const folder = await mkdtemp(join(tmpdir(), 'authz-envoy-'));
  const config = await readFile(options.configPath ?? ENVOY_HTTP_CONFIG, 'utf8');
  await writeFile(join(folder, 'envoy.yaml'), edited(config, envoyEdits(options)));
  const admin = join(folder, 'admin');
  const args = envoyArguments(join(folder, 'envoy.yaml'), admin);
  const proxy = launch(envoy.binary, args, { folder, env: process.env });
  return proxy.readyWith(async (child) => {
    const ports = await envoyPorts(admin, child);
    return ports === null ? null : { ...ports, http2Port: ports.port };
  });
}

/**
 * Starts nginx with the shipped configuration, of which only ports, paths and time-outs are changed; a second port
 * for HTTP/2 is added.
 * @throws when there is no nginx, or it is not ready in time
 */
export async function startNginx(options: ProxyOptions): Promise<RunningProxy> {
  const nginx = await findNginx({ env: process.env, log: progress });
  if (!nginx.ok) throw new Error(nginx.why);
  for (let attempt = 1; attempt < 3; attempt++) {
    const proxy = await startNginxOnce(options, nginx).catch(() => null); // its port may be another's by now
    if (proxy !== null) return proxy;
  }
  return startNginxOnce(options, nginx);
}

async function startNginxOnce(
  options: ProxyOptions,
  nginx: NginxFound & { readonly ok: true },
): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'authz-nginx-'));
  const configPath = options.configPath ?? NGINX_CONFIG;
  const [first, http2Port] = await freePorts();
  const ports = { port: options.listenerPort ?? first, http2Port, adminPort: 0 };
  const edits = nginxEdits(options, ports, { folder, modules: nginx.modules });
  await mkdir(join(folder, 'temp'));
  await writeFile(join(folder, 'nginx.conf'), edited(await readFile(configPath, 'utf8'), edits));
  await cp(join(dirname(configPath), 'authz.js'), join(folder, 'authz.js'));
  const args = ['-c', join(folder, 'nginx.conf'), '-p', folder, '-e', 'stderr', '-g', 'daemon off;'];
  const proxy = launch(nginx.binary, args, { folder, env: nginx.env });
  return proxy.readyWith((child) =>
    firstAnswer(async () => {
      await readFile(join(folder, 'pid')); // written once the ports are its own
      await fetch(`http://127.0.0.1:${ports.port}/not/a/route`);
      return ports;
    }, child),
  );
}

/** What is replaced by what. Each must be there, so that a changed configuration is not tested by halves. */
type Edits = readonly (readonly [from: string | RegExp, to: string])[];

function edited(text: string, edits: Edits): string {
  return edits.reduce((before, [from, to]) => {
    const after = before.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
    if (before.search(from instanceof RegExp ? from : literal(from)) < 0)
      throw new Error(`no ${from} to edit`);
    return after;
  }, text);
}

const literal = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

function envoyEdits({
  sidecarPort,
  gatewayPort,
  listenerPort,
  adminPort,
  timeouts = {},
}: ProxyOptions): Edits {
  const { checkMs, requestMs, idleMs, maxStreamMs } = timeouts;
  return [
    ['address: 0.0.0.0, port_value: 8080', `address: 127.0.0.1, port_value: ${listenerPort ?? 0}`],
    ['port_value: 9901', `port_value: ${adminPort ?? 0}`],
    [/port_value: 900[23]/, `port_value: ${sidecarPort}`],
    ['port_value: 8000', `port_value: ${gatewayPort}`],
    ...edit('timeout: 35s', 'timeout:', checkMs),
    ...edit('request_timeout: 10s', 'request_timeout:', requestMs),
    ...edit('stream_idle_timeout: 120s', 'stream_idle_timeout:', idleMs),
    ...edit('max_stream_duration: 3660s', 'max_stream_duration:', maxStreamMs),
  ];
}

const edit = (from: string, name: string, ms: number | undefined): Edits =>
  ms === undefined ? [] : [[from, `${name} ${ms / 1000}s`]];

function nginxEdits(
  { sidecarPort, gatewayPort, timeouts = {} }: ProxyOptions,
  ports: { readonly port: number; readonly http2Port: number },
  paths: { readonly folder: string; readonly modules: string },
): Edits {
  const { checkMs, requestMs, idleMs } = timeouts;
  const requestSeconds = requestMs === undefined ? undefined : Math.ceil(requestMs / 1000) * 1000;
  return [
    ['listen 8080;', `listen 127.0.0.1:${ports.port}; listen 127.0.0.1:${ports.http2Port} http2;`],
    ['127.0.0.1:9002', `127.0.0.1:${sidecarPort}`],
    ['127.0.0.1:8000', `127.0.0.1:${gatewayPort}`],
    ['/usr/lib/nginx/modules', paths.modules],
    ['/var/lib/nginx', join(paths.folder, 'temp')],
    ['/run/nginx.pid', join(paths.folder, 'pid')],
    ['/dev/stdout', join(paths.folder, 'access.log')], // nginx can't open the socket that Node gives a child
    ['/dev/stderr', 'stderr'],
    ['worker_processes auto;', `worker_processes 1;${asRoot()}`],
    [/worker_rlimit_nofile .*/, ''],
    ...nginxTimeout('proxy_read_timeout 35s;', checkMs),
    ...nginxTimeout('client_body_timeout          10s;', requestSeconds),
    ...nginxTimeout('proxy_read_timeout 120s;', idleMs),
  ];
}

/** The test's folder belongs to whoever runs the test; nginx would otherwise hand its requests to `nobody`. */
const asRoot = (): string => (process.getuid?.() === 0 ? ' user root;' : '');

const nginxTimeout = (from: string, ms: number | undefined): Edits =>
  ms === undefined ? [] : [[from, `${from.split(' ')[0]} ${ms}ms;`]];

interface Ports {
  readonly port: number;
  readonly http2Port: number;
  readonly adminPort: number;
}

interface Launched {
  /** Waits for the ports, and ends the process when there are none. */
  readyWith(wait: (child: ChildProcess) => Promise<Ports | null>): Promise<RunningProxy>;
}

function launch(
  program: string,
  args: readonly string[],
  { folder, env }: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
): Launched {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => output.push(text));
  const endWithUs = (): void => void child.kill();
  process.once('exit', endWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', endWithUs);
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  const log = async (): Promise<string> =>
    output.join('') + (await readFile(join(folder, 'access.log'), 'utf8').catch(() => ''));
  const readyWith: Launched['readyWith'] = async (wait) => {
    const ports = await wait(child);
    if (ports !== null) return { ...ports, stop, log };
    const said = await log();
    await stop();
    throw new Error(`${program} did not become ready:\n${said}`);
  };
  return { readyWith };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exit;
  clearTimeout(timer);
}

/** Two ports that were free a moment ago. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()] as const;
  const ports = [await listening(servers[0]), await listening(servers[1])] as const;
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
