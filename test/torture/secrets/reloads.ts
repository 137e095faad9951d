import type { Files } from '../../helpers/command.js';
import { askAll } from './clients.js';
import { wrongFiles } from './commands.js';
import type { Credentials } from './credentials.js';
import type { Eye } from './eye.js';
import type { Made } from './made.js';
import { configure, type Scene } from './scenes.js';
import type { Sidecar } from './sidecar.js';
import type { Upstreams } from './upstreams.js';

export interface Running {
  readonly scene: Scene;
  readonly sidecar: Sidecar;
  readonly upstreams: Upstreams;
  readonly files: Files;
  readonly made: Made;
  readonly eye: Eye;
}

/** Files that are wrong, then a password that ECPDS does not know. */
export async function reloadWrongly(running: Running, alice: Credentials): Promise<void> {
  const { scene, sidecar, upstreams, files, made, eye } = running;
  for (const content of wrongFiles(made)) {
    await files.write('secrets.yaml', content);
    await reload(running);
    eye.saw('status pages', await (await fetch(`${sidecar.admin}/status.json`)).text());
  }
  await configure(scene, upstreams, { ...made, password: made.wrongPassword }, files);
  await reload(running);
  // The environment cannot be changed from outside: there the password stays right.
  const isAllowed = scene.given === 'environment';
  await askAll(sidecar, [{ ...alice, isAllowed }], eye);
}

async function reload({ sidecar, eye }: Running): Promise<void> {
  const done = sidecar.logged('configuration.reload.');
  sidecar.process.kill('SIGHUP');
  eye.found.cases += 1;
  await done;
}
