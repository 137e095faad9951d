import type { Random } from '../../../tools/drill/random.js';
import { mustBe, reload, type World } from './world.js';

/** A way to break the files; all are put back by a swap of everything. */
interface Breakage {
  readonly name: string;
  /** The file that is broken. */
  readonly file: string;
  readonly run: (world: World, file: string) => Promise<void>;
}

const writing =
  (text: (whole: string) => string) =>
  async ({ mount }: World, file: string): Promise<void> =>
    mount.write(file, text(await mount.read(file)));

const BREAKAGES: readonly Breakage[] = [
  { name: 'no YAML', file: 'aviso.yaml', run: writing((whole) => `${whole}\nauth: [`) },
  {
    name: 'a setting that is wrong',
    file: 'aviso.yaml',
    run: writing((whole) => whole.replace('request_timeout_seconds: 25', 'request_timeout_seconds: -1')),
  },
  { name: 'nothing in it', file: 'aviso.yaml', run: writing(() => '') },
  { name: 'gone', file: 'aviso.yaml', run: ({ mount }, file) => mount.vanish(file) },
  { name: 'a folder', file: 'aviso.yaml', run: ({ mount }, file) => mount.obstruct(file) },
  { name: 'empty', file: 'password', run: writing(() => '') },
  { name: 'gone', file: 'jwt', run: ({ mount }, file) => mount.vanish(file) },
  { name: 'blank', file: 'jwt', run: writing(() => '\n') },
  {
    name: 'no certificate',
    file: 'ca.pem',
    run: writing(() => '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n'),
  },
];

/** So many of the ways, drawn; each changes nothing, and is said in the log, the metrics and the status. */
export async function breakFiles(world: World, random: Random, count: number): Promise<void> {
  const drawn = BREAKAGES.map((breakage) => ({ breakage, at: random() })).sort((a, b) => a.at - b.at);
  for (const { breakage } of drawn.slice(0, count)) await breakOne(world, breakage);
}

async function breakOne(world: World, { name, file, run }: Breakage): Promise<void> {
  const { tally, serving, mount } = world;
  tally.during = `${file}: ${name}`;
  const before = await counted(world);
  const good = {
    'aviso.yaml': world.text(world.settings),
    password: world.password,
    jwt: world.jwtSecret,
  };
  const ca = await mount.read('ca.pem');
  const event = await reload(world, () => run(world, file), { outcome: 'failed' });
  tally.expect(JSON.stringify(event).includes('problem'), 'the refusal does not say why');
  await mustBe(world, { username: 'steady-1', destination: 'D0' }, 200, 'the old configuration stays');
  await mustBe(world, { username: 'nobody-listed' }, 403, 'the old configuration stays');
  const after = await counted(world);
  tally.expect(after.failure > before.failure, 'the refusal was not counted');
  tally.expect(after.success === before.success, 'a refusal was counted as a success');
  const status = await page(world, '/status.json');
  tally.expect(status.includes('"refusedForSeconds":'), '/status.json does not know of the refusal');
  const seen = serving.events.length;
  await mount.swap({ ...good, 'ca.pem': ca });
  serving.child.kill('SIGHUP');
  await serving.event('configuration.reload.succeeded', seen);
  tally.expect(
    !/"refusedForSeconds":[0-9]/.test(await page(world, '/status.json')),
    '/status.json still speaks of a refusal that is over',
  );
}

/** A page of the admin listener, looked through for secrets. */
export async function page({ admin, secrets }: World, path: string): Promise<string> {
  const text = await (await fetch(`${admin}${path}`)).text();
  secrets.saw(`${path} of a reloaded sidecar`, text);
  return text;
}

/** Reloads by their outcome, as the process counts them. */
export async function counted(world: World): Promise<{ readonly success: number; readonly failure: number }> {
  const metrics = await page(world, '/metrics');
  const count = (outcome: string): number =>
    Number(
      new RegExp(`^aviso_authz_config_reloads_total\\{outcome="${outcome}"\\} ([0-9]+)$`, 'm').exec(
        metrics,
      )?.[1] ?? Number.NaN,
    );
  return { success: count('success'), failure: count('failure') };
}
