import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { findEnvoy, findNginx, type NginxFound } from '../../tools/proxies/fetch.js';
import { missing } from '../helpers/proxies.js';
import { edited, type Kind } from './edits.js';
import { MUTATIONS } from './envoy-mutations.js';
import { editedNginx, OTHER_SCRIPT, shippedScript } from './nginx-edits.js';
import { NGINX_MUTATIONS } from './nginx-mutations.js';

/** What an operator can only see in a configuration that the proxy takes: no check looks for what is refused anyway. */
const PATIENCE_MS = 60_000;
const BOTH: readonly Kind[] = ['http', 'grpc'];

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE_MS });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

const skipEnvoy = await missing('envoy');
const skipNginx = await missing('nginx');
if (skipEnvoy !== false) t.pass('Envoy takes every broken configuration', { skip: skipEnvoy });
else
  t.test('Envoy takes every broken configuration', { timeout: 300_000 }, async (t) => {
    const envoy = await findEnvoy({ env: process.env });
    if (!envoy.ok) throw new Error(envoy.why);
    const folder = await mkdtemp(join(tmpdir(), 'authz-doctor-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'envoy.yaml');
    for (const { check, title, edits, kinds = BOTH } of MUTATIONS) {
      for (const kind of kinds) {
        await writeFile(file, stringify(edited(kind, edits)));
        const args = ['--mode', 'validate', '-c', file, '--log-level', 'error'];
        const { code, output } = await run(envoy.binary, args, process.env);
        t.equal(code, 0, `${check}: ${title} (${kind})${code === 0 ? '' : `\n${output.slice(0, 600)}`}`);
      }
    }
  });

/** What this nginx refuses, though another may take it. */
const REFUSED: Record<string, RegExp> = {
  'stream_to_aviso: a stream server': /unknown directive "stream"/, // a module that is not loaded here
  'script: no file': /nowhere\.js/, // the doctor may run where only the configuration is
};

if (skipNginx !== false) t.pass('nginx takes every broken configuration', { skip: skipNginx });
else
  t.test('nginx takes every broken configuration', { timeout: 300_000 }, async (t) => {
    const nginx = await findNginx({ env: process.env });
    if (!nginx.ok) throw new Error(nginx.why);
    const folder = await mkdtemp(join(tmpdir(), 'authz-doctor-'));
    t.teardown(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, 'temp'));
    await writeFile(join(folder, 'authz.js'), shippedScript());
    await writeFile(join(folder, 'other.js'), OTHER_SCRIPT);
    for (const { check, title, edits } of NGINX_MUTATIONS) {
      await writeFile(join(folder, 'nginx.conf'), atHome(editedNginx(edits), folder, nginx));
      const args = ['-t', '-c', join(folder, 'nginx.conf'), '-p', folder, '-e', 'stderr'];
      const { code, output } = await run(nginx.binary, args, nginx.env);
      const refused = REFUSED[`${check}: ${title}`];
      if (refused === undefined) t.equal(code, 0, `${check}: ${title}${code === 0 ? '' : `\n${output}`}`);
      else t.match(output, refused, `${check}: ${title}`);
    }
  });

/** With paths that anybody may write to, and ports that anybody may open. */
function atHome(text: string, folder: string, { modules }: NginxFound & { readonly ok: true }): string {
  return text
    .replaceAll('/usr/lib/nginx/modules', modules)
    .replaceAll('/var/lib/nginx', join(folder, 'temp'))
    .replaceAll('/run/nginx.pid', join(folder, 'pid'))
    .replaceAll('/dev/stdout', join(folder, 'access.log'))
    .replaceAll('/dev/stderr', 'stderr')
    .replace(/listen (\d+);/g, `listen unix:${folder}/$1;`);
}
