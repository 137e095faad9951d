import { createApp } from '../../../src/app.js';
import { loadConfig } from '../../../src/config/load.js';
import { bufferedOutput } from '../../../src/observe/log-output.js';

/**
 * `serve` with the time limits for peers at a twentieth of the product's, so that seconds show what they do. The argument
 * is a configuration file.
 */
const SCALED = { receiveMs: 750, untakenMs: 750, lingerMs: 100, lookMs: 50 };

const [, , file = ''] = process.argv;
const loaded = await loadConfig({ files: [file], env: {} });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
const output = bufferedOutput({
  fd: 1,
  onDrop: () => undefined,
  onError: () => process.exit(1),
  onLost: () => undefined,
});
const app = createApp(loaded.value, output, performance, SCALED);
app.log.write('info', 'startup.listening', { ...(await app.start()) }, 'Ready');
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
