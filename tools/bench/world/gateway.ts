import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NginxFound } from '../../proxies/nginx-binary.js';
import { type Core, pinned } from './cores.js';
import { freePorts, until } from './ports.js';
import { type Running, runningChild } from './process.js';

/** The fastest gateway there is: nginx that answers 200 to everything, so that it limits nothing. */
export interface Gateway extends Running {
  readonly port: number;
}

/** @throws when it is not ready in time */
export async function startGateway(
  nginx: NginxFound & { readonly ok: true },
  core: Core,
  parent: string,
): Promise<Gateway> {
  const folder = await mkdtemp(join(parent, 'gateway-'));
  const [port] = await freePorts();
  await mkdir(join(folder, 'temp'));
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, port));
  const command = ['-c', join(folder, 'nginx.conf'), '-p', folder, '-e', 'stderr', '-g', 'daemon off;'];
  const [program, args] = pinned(core, nginx.binary, command);
  const child = spawn(program, args, { env: nginx.env, stdio: ['ignore', 'ignore', 'inherit'] });
  const running = runningChild(child, 'nginx');
  if (await until(async () => (await fetch(`http://127.0.0.1:${port}/`)).ok, child))
    return { ...running, port };
  await running.stop();
  throw new Error('nginx did not become ready');
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const configuration = (folder: string, port: number): string => `
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/pid;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/temp/${name};`).join('\n  ')}
  server { listen 127.0.0.1:${port}; location / { return 200 "ok"; } }
}
`;
