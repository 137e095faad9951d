import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from './context.js';
import { type Profile, profileOf } from './report/cpu-profile.js';
import { withStand } from './world/stand.js';
import { watchRequests } from './world/users.js';

/** Loads the sidecar directly while V8 samples it, and reads the profile that it writes when it ends. */
export async function profileDirect({ cores, folder, progress, scale, wrk }: Context): Promise<Profile> {
  const profiles = join(folder, 'profiles');
  await mkdir(profiles);
  const nodeFlags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval', '500'];
  const seconds = scale.seconds * scale.rounds;
  const load = await withStand(folder, async (stand) => {
    const ecpds = await stand.server('ecpds', cores.load, [20, 5_000]);
    const { port } = await stand.sidecar({ ecpdsPorts: [ecpds.port], core: cores.server, nodeFlags });
    progress(`profile: ${seconds} s of load`);
    return wrk({ port, seconds, core: cores.load, requests: watchRequests(1) });
  });
  const [file] = await readdir(profiles);
  if (file === undefined) throw new Error('the sidecar wrote no profile');
  return profileOf(await readFile(join(profiles, file), 'utf8'), load.requests);
}
