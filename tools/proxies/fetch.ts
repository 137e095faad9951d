import { pathToFileURL } from 'node:url';
import { findEnvoy } from '../../src/demo/envoy-binary.js';
import { findNginx } from './nginx-binary.js';

export { type EnvoyFound, findEnvoy } from '../../src/demo/envoy-binary.js';
export { findNginx, type NginxFound } from './nginx-binary.js';

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Makes both proxies available and says where they are; false if one of them cannot be had. */
export async function fetchProxies(env: NodeJS.ProcessEnv): Promise<boolean> {
  const [envoy, nginx] = await Promise.all([findEnvoy({ env, log }), findNginx({ env, log })]);
  log(envoy.ok ? `Envoy ${envoy.version}: ${envoy.binary}` : `no Envoy: ${envoy.why}`);
  log(nginx.ok ? `nginx ${nginx.version}: ${nginx.binary}` : `no nginx: ${nginx.why}`);
  return envoy.ok && nginx.ok;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = (await fetchProxies(process.env)) ? 0 : 1;
}
