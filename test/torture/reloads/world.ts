import { stringify } from 'yaml';
import { configuration } from '../../helpers/command.js';
import { sign } from '../../helpers/tokens.js';
import { type LogEvent, type Serving, serve } from '../restarts/serving.js';
import type { Tally } from '../restarts/tally.js';
import type { SecretWatch } from '../secrets/watch.js';
import { RotatingEcpds } from './ecpds.js';
import { Mount } from './mount.js';

export const USERNAME = 'svc-aviso';

/** What may change in the configuration file. */
export interface Settings {
  readonly logLevel: 'debug' | 'info' | 'warn';
  readonly server: 0 | 1;
  /** Whether the stream `open` is checked. */
  readonly openIsGated: boolean;
  readonly adminRole: string;
}

export const FIRST: Settings = { logLevel: 'info', server: 0, openIsGated: false, adminRole: 'admin' };

/** One `serve` on files that change, with the servers it asks. */
export interface World {
  readonly ecpds: readonly [RotatingEcpds, RotatingEcpds];
  readonly mount: Mount;
  readonly serving: Serving;
  readonly http: string;
  readonly admin: string;
  readonly tally: Tally;
  readonly secrets: SecretWatch;
  /** What the configuration file says. */
  settings: Settings;
  /** What tokens are signed with. */
  jwtSecret: string;
  password: string;
  /** While the secret changes, a good token may be refused. */
  rotating: boolean;
  /** How often it did. */
  rotations: number;
  /** The text of the configuration file for these settings. */
  text(settings: Settings): string;
  stop(): Promise<void>;
}

/** So that what a reload takes out is in the part that a half-written file lacks, `notification_schema` is last. */
function textOf(ecpds: readonly RotatingEcpds[], mount: Mount, settings: Settings): string {
  const base = configuration([ecpds[settings.server]?.url ?? '']);
  const { password: _, ...account } = base.ecpds;
  const { jwt_secret: __, ...auth } = base.auth;
  return stringify({
    sidecar: { ...base.sidecar, log_level: settings.logLevel, ca_file: mount.path('ca.pem') },
    auth: { ...auth, admin_roles: { ecmwf: [settings.adminRole] } },
    ecpds: { ...account, username: USERNAME, request_timeout_seconds: 25, connect_timeout_seconds: 20 },
    notification_schema_strict: false,
    notification_schema: {
      open: settings.openIsGated
        ? base.notification_schema.dissemination
        : { identifier: {}, auth: { required: false } },
      ...base.notification_schema,
    },
  });
}

export async function startWorld(secrets: SecretWatch, tally: Tally): Promise<World> {
  const ecpds = [
    await RotatingEcpds.start(USERNAME, 'one'),
    await RotatingEcpds.start(USERNAME, 'two'),
  ] as const;
  const [password, jwtSecret] = ['ecpds-password-number-0', 'jwt-secret-number-0-of-32-bytes-and-more'];
  const ca = ecpds.map(({ certificate }) => certificate.cert).join('');
  const mount = await Mount.with({ 'aviso.yaml': '', password, jwt: jwtSecret, 'ca.pem': ca });
  for (const server of ecpds) server.passwords.add(password);
  await mount.write('aviso.yaml', textOf(ecpds, mount, FIRST));
  const serving = serve([mount.path('aviso.yaml')], {
    AVISO_AUTHZ_ECPDS_PASSWORD_FILE: mount.path('password'),
    AVISO_AUTHZ_JWT_SECRET_FILE: mount.path('jwt'),
  });
  const { http, admin } = await serving.event('startup.listening');
  secrets.secret('ecpds.password', password);
  secrets.secret('auth.jwt_secret', jwtSecret);
  return {
    ecpds,
    mount,
    serving,
    http: String(http),
    admin: String(admin),
    tally,
    secrets,
    settings: FIRST,
    jwtSecret,
    password,
    rotating: false,
    rotations: 0,
    text: (settings) => textOf(ecpds, mount, settings),
    async stop() {
      serving.child.kill('SIGTERM');
      tally.expect((await serving.ended) === 0, 'the sidecar did not end with 0 after its reloads');
      secrets.saw('log of a reloaded sidecar', serving.output());
      await Promise.all(ecpds.map((server) => server.stop()));
      await mount.remove();
    },
  };
}

/** One request; its status. */
export async function ask(world: World, who: Asked): Promise<number> {
  const { username, destination = 'D0', roles = [], eventType = 'dissemination' } = who;
  const token = sign({ username, roles }, who.secret ?? world.jwtSecret);
  world.secrets.token(token);
  world.tally.cases += 1;
  const answer = await fetch(`${world.http}/api/v1/watch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ event_type: eventType, identifier: { destination } }),
  });
  await answer.text();
  if (answer.status === 200) world.tally.allowed += 1;
  return answer.status;
}

export interface Asked {
  readonly username: string;
  readonly destination?: string;
  readonly roles?: readonly string[];
  readonly eventType?: string;
  readonly secret?: string;
}

/** Asks, and holds the answer against the only right one; an allow that is not right is counted as such. */
export async function mustBe(world: World, who: Asked, expected: number, why: string): Promise<void> {
  const status = await ask(world, who);
  if (status === 200 && expected !== 200) world.tally.wrongAllows += 1;
  world.tally.expect(status === expected, `${who.username}: ${status}, not ${expected}: ${why}`);
}

/** Changes something, tells the process unless it is to notice by itself, and waits for what it says. */
export async function reload(
  { serving }: World,
  change: () => Promise<void>,
  { outcome = 'succeeded', signal = true }: { outcome?: 'succeeded' | 'failed'; signal?: boolean } = {},
): Promise<LogEvent> {
  const seen = serving.events.length;
  await change();
  if (signal) serving.child.kill('SIGHUP');
  return serving.event(`configuration.reload.${outcome}`, seen);
}

/** Writes the configuration file for other settings, in place. */
export async function settle(world: World, changes: Partial<Settings>): Promise<LogEvent> {
  world.settings = { ...world.settings, ...changes };
  return reload(world, () => world.mount.write('aviso.yaml', world.text(world.settings)));
}
