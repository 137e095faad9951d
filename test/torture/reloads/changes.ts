import { setTimeout as pause } from 'node:timers/promises';
import { selfSigned } from '../../helpers/certificate.js';
import { ask, mustBe, reload, settle, type World } from './world.js';

/** One change of the files under load; what must hold before and after it. */
export interface Change {
  readonly name: string;
  readonly run: (world: World, round: number) => Promise<void>;
}

/** A log level is no reason to ask ECPDS again: who was cached still is. */
async function logLevelKeepsTheCache(world: World, round: number): Promise<void> {
  const { ecpds, tally, mount } = world;
  const username = `cached-${round}`;
  for (const server of ecpds) server.lists.set(username, ['D0']);
  await mustBe(world, { username }, 200, 'listed');
  world.settings = { ...world.settings, logLevel: round % 2 === 0 ? 'debug' : 'info' };
  const event = await reload(world, () => mount.replace('aviso.yaml', world.text(world.settings)), {
    signal: false,
  });
  tally.expect(event['cache'] === 'kept', `a reload of log_level says that the cache is ${event['cache']}`);
  await mustBe(world, { username }, 200, 'still listed');
  const asked = ecpds.flatMap((server) => server.asked).filter((user) => user === username).length;
  tally.expect(asked === 1, `ECPDS was asked ${asked} times for a user whose list was cached`);
}

/** Both passwords are good while the files change; afterwards the old one is not. Nobody may notice. */
async function rotatePassword(world: World, round: number): Promise<void> {
  const { ecpds, mount, secrets, tally } = world;
  const old = world.password;
  world.password = `ecpds-password-number-${round + 1}`;
  secrets.secret('ecpds.password', world.password);
  for (const server of ecpds) server.passwords.add(world.password);
  const event = await reload(world, () => mount.swap({ password: world.password }), {
    signal: round % 2 === 1,
  });
  tally.expect(event['cache'] === 'dropped', 'lists that were had by an old password were kept');
  await pause(300); // what was asked with the old one is answered
  const refused = ecpds.map((server) => server.refused);
  for (const server of ecpds) server.passwords.delete(old);
  for (const server of ecpds) server.lists.set(`rotated-${round}`, ['D0']);
  await mustBe(world, { username: `rotated-${round}` }, 200, 'asked with the new password');
  tally.expect(
    ecpds.every((server, index) => server.refused === refused[index]),
    'ECPDS was asked with a password that was rotated away',
  );
}

/** A token is good by the secret that is in the file, and by no other. */
async function rotateSigningSecret(world: World, round: number): Promise<void> {
  const { mount, secrets } = world;
  const old = world.jwtSecret;
  const next = `jwt-secret-number-${round + 1}-of-32-bytes-and-more`;
  secrets.secret('auth.jwt_secret', next);
  const username = 'steady-1';
  const destination = 'D0';
  await mustBe(world, { username, destination, secret: old }, 200, 'its secret is in the file');
  await mustBe(world, { username, destination, secret: next }, 401, 'its secret is not yet in the file');
  world.rotating = true;
  world.rotations += 1;
  await reload(world, () => mount.swap({ jwt: next }));
  await mustBe(world, { username, destination, secret: next }, 200, 'its secret is in the file');
  await mustBe(world, { username, destination, secret: old }, 401, 'its secret is no longer in the file');
  world.jwtSecret = next;
  await pause(50);
  world.rotating = false;
}

/** The file trusts both certificates while ECPDS goes over to a new one, as is usual. */
async function rotateTrust(world: World, round: number): Promise<void> {
  const { ecpds, mount } = world;
  const next = ecpds.map((_, index) => selfSigned(`number ${index} of round ${round}`));
  const pem = (certificates: readonly { readonly cert: string }[]) =>
    certificates.map(({ cert }) => cert).join('');
  await reload(world, () =>
    mount.swap({ 'ca.pem': pem([...ecpds.map(({ certificate }) => certificate), ...next]) }),
  );
  for (const [index, server] of ecpds.entries()) server.rotateCertificate(next[index] ?? selfSigned());
  await reload(world, () => mount.swap({ 'ca.pem': pem(next) }));
  for (const server of ecpds) server.lists.set(`trusting-${round}`, ['D0']);
  await mustBe(world, { username: `trusting-${round}` }, 200, 'the new certificate is trusted');
}

/** How long the file stays half; less than what it has to stay as it is before it is read, in milliseconds. */
const HALF_MS = 250;

/** Half of the file is valid and checks nothing. It must not count, although somebody asks for a reload. */
async function halfWritten(world: World): Promise<void> {
  const { mount, serving, tally } = world;
  const whole = world.text(world.settings);
  const half = whole.slice(0, whole.indexOf('notification_schema:'));
  const seen = serving.events.length;
  for (let times = 0; times < 3; times++) {
    await mount.write('aviso.yaml', half);
    serving.child.kill('SIGHUP');
    await pause(HALF_MS);
    await mount.write('aviso.yaml', whole);
    await pause(50);
  }
  serving.child.kill('SIGHUP');
  const event = await serving.event('configuration.reload.succeeded', seen);
  await mustBe(world, { username: 'nobody-listed' }, 403, 'the whole file gates');
  tally.expect(event['gated_event_types'] !== 0, 'half of a file was taken over');
}

/** What the old server said does not count any more, not even when it was asked before and answers after. */
async function otherServers(world: World, round: number): Promise<void> {
  const { ecpds, tally } = world;
  const before = ecpds[world.settings.server];
  const next = world.settings.server === 0 ? 1 : 0;
  const [cached, late] = [`moved-${round}`, `late-${round}`];
  for (const username of [cached, late]) {
    before.lists.set(username, ['D0']);
    ecpds[next].lists.set(username, ['D1']);
  }
  await mustBe(world, { username: cached }, 200, 'on the list of the server in the file');
  before.delays.set(late, 1500);
  const waiting = ask(world, { username: late });
  const event = await settle(world, { server: next });
  tally.expect(event['cache'] === 'dropped', 'lists of other servers were kept');
  await mustBe(world, { username: cached }, 403, 'not on the list of the server that is in the file now');
  await mustBe(world, { username: cached, destination: 'D1' }, 200, 'on that list');
  tally.expect(
    (await waiting) === 200,
    'who had asked before the change did not get the answer of that time',
  );
  await mustBe(world, { username: late }, 403, 'what came in flight from the old server was stored');
  await mustBe(world, { username: late, destination: 'D1' }, 200, 'on the list of the new server');
}

/** A stream becomes gated, and admins are no longer: with the first request after the reload was reported. */
async function tighten(world: World): Promise<void> {
  const open = { username: 'nobody-listed', eventType: 'open' };
  const admin = { username: 'root', roles: ['admin'] };
  await mustBe(world, open, 200, 'the stream is open to everybody');
  await mustBe(world, admin, 200, 'the role is an admin role');
  await settle(world, { openIsGated: true, adminRole: 'another-role' });
  await mustBe(world, open, 403, 'the stream is gated by now');
  await mustBe(world, admin, 403, 'the role is no admin role any more');
  await settle(world, { openIsGated: false, adminRole: 'admin' });
  await mustBe(world, admin, 200, 'the role is an admin role again');
}

/** Twenty changes and signals without a pause: the last one counts. */
async function inQuickSuccession(world: World): Promise<void> {
  const { mount, serving } = world;
  for (let count = 0; count < 20; count++) {
    const adminRole = count % 2 === 0 ? 'another-role' : 'a-third-role';
    await mount.replace('aviso.yaml', world.text({ ...world.settings, adminRole }));
    serving.child.kill('SIGHUP');
    await pause(10);
  }
  await settle(world, { adminRole: 'a-third-role' });
  await mustBe(world, { username: 'root', roles: ['a-third-role'] }, 200, 'its role is in the last file');
  await mustBe(world, { username: 'root', roles: ['another-role'] }, 403, 'its role is in an earlier file');
  await settle(world, { adminRole: 'admin' });
}

export const CHANGES: readonly Change[] = [
  { name: 'log_level, renamed over', run: logLevelKeepsTheCache },
  { name: 'password, by a swapped symlink', run: rotatePassword },
  { name: 'jwt_secret, by a swapped symlink', run: rotateSigningSecret },
  { name: 'ca_file, by a swapped symlink', run: rotateTrust },
  { name: 'a file written in two halves', run: halfWritten },
  { name: 'other servers', run: otherServers },
  { name: 'a gate and an admin role', run: tighten },
  { name: 'twenty changes at once', run: inQuickSuccession },
];
