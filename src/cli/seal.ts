import { isSetting } from '../config/environment.js';

/**
 * Takes out of this process's environment what may be a secret, and returns the environment as it was. A diagnostic
 * report of Node lists the environment, and programs that are started inherit it; what a report cannot be told to leave
 * out before Node 22.13 is gone for it as well.
 *
 * Also keeps Node's inspector closed: SIGUSR1 would open it on loopback, where anybody in the pod could read the memory.
 */
export function sealProcess(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(process.env).filter(isSetting)) delete process.env[name];
  if (process.report !== undefined && 'excludeEnv' in process.report) process.report.excludeEnv = true;
  process.on('SIGUSR1', () => undefined);
  return env;
}
