import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from './context.js';
import { CONNECTIONS, ONE_USER, withDirectSidecar } from './parts/direct.js';
import { type Profile, profileOf } from './report/cpu-profile.js';

/** Loads the sidecar directly while V8 samples it, and reads the profile that it writes when it ends. */
export async function profileDirect(context: Context): Promise<Profile> {
  const { folder, pace, progress, wrk } = context;
  const profiles = join(folder, 'profiles');
  await mkdir(profiles);
  const flags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval', '500'];
  const seconds = pace.seconds * pace.rounds;
  const load = await withDirectSidecar(context, flags, ({ port }) => {
    progress(`profile: ${seconds} s of load`);
    return wrk({ port, seconds, connections: CONNECTIONS, requests: ONE_USER });
  });
  const [file] = await readdir(profiles);
  if (file === undefined) throw new Error('the sidecar wrote no profile');
  return profileOf(await readFile(join(profiles, file), 'utf8'), load.requests);
}
