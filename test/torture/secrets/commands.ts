import { runCommand } from '../../helpers/command.js';
import type { Eye } from './eye.js';
import type { Made } from './made.js';
import type { Start } from './scenes.js';

const check = (user: string): string[] => [
  'check',
  ...['--user', user, '--event-type', 'dissemination', '--destination', 'CIP'],
];

/** What operators run with a configuration that is good. */
export const goodCommands = (isShort: boolean): readonly (readonly string[])[] => {
  const few = [['validate', '--json'], check('alice'), [...check('echo-status-401'), '--json'], ['keys']];
  if (isShort) return few;
  const echoes = ['status-302', 'success', 'names', 'broken-json', 'header', 'gzip'];
  return [
    ...few,
    ['validate'],
    ['keys', '--json'],
    ...echoes.map((kind) => check(`echo-${kind}`)),
    ['doctor', '--envoy', 'envoy/envoy-http.yaml'],
  ];
};

/** Runs a command with a configuration, and shows what it says. */
export async function runWith({ args, env }: Start, command: readonly string[], eye: Eye): Promise<void> {
  const { out, err } = await runCommand([...command, ...args], env);
  eye.found.cases += 1;
  if (out + err === '') eye.failed(`${command.join(' ')} said nothing`);
  eye.saw('commands', `${out}\n${err}`);
}

/** Files that are wrong in ways that hold secrets. */
export const wrongFiles = ({ password, jwtSecret, recheckToken }: Made): readonly unknown[] => [
  { ecpds: { password: ` ${password}` } },
  { ecpds: { [password]: password, servers: [`https://u:${recheckToken}@a.example.int`] } },
  { auth: { jwt_secret: [jwtSecret], mode: jwtSecret }, sidecar: { recheck_token: `${recheckToken} x` } },
  { sidecar: { tracing: { endpoint: `https://u:${recheckToken}@a.example.int` }, ca_file: recheckToken } },
  `ecpds: { password: "${recheckToken}`,
  `ecpds:\n  password: ${recheckToken}: x\n\tservers: ${recheckToken}\n`,
  `${recheckToken}`,
];
