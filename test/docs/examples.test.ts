import t from 'tap';
import { loadConfig } from '../../src/config/load.js';
import { blocks, page } from './pages.js';

/** What an example leaves to secrets. */
const JWT_SECRET = { AVISOSERVER_AUTH__JWT_SECRET: '0123456789abcdef0123456789abcdef' };
const SECRETS = { ...JWT_SECRET, AVISOSERVER_ECPDS__PASSWORD: 'from a secret' };

/** The YAML examples of a page by the file they are, which their first line names. */
function examples(path: string): Map<string, string> {
  const yaml = blocks(page(path)).filter(({ language }) => language === 'yaml');
  return new Map(yaml.map(({ text }) => [/^# (\/etc\/aviso\/[a-z]+\.yaml)$/m.exec(text)?.[1] ?? '?', text]));
}

const AVISO = '/etc/aviso/config.yaml';
const OVERLAY = '/etc/aviso/authz.yaml';
const PROVIDERS = '/etc/aviso/providers.yaml';

async function load(files: ReadonlyMap<string, string>, names: readonly string[], env: NodeJS.ProcessEnv) {
  return loadConfig({ files: names, env, readFile: (path: string) => files.get(path) ?? '' });
}

t.test('every YAML example says which file it is', async (t) => {
  t.strictSame([...examples('README.md').keys()], [OVERLAY, PROVIDERS]);
  t.strictSame([...examples('docs/aviso.md').keys()], [AVISO, OVERLAY]);
});

t.test("the example of Aviso's own file loads, and gates nothing by itself", async (t) => {
  const loaded = await load(examples('docs/aviso.md'), [AVISO], JWT_SECRET);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  t.strictSame(
    [...loaded.value.config.notification_schema.values()].map(({ gated }) => gated),
    [false],
  );
});

for (const path of ['README.md', 'docs/aviso.md']) {
  t.test(`the overlay in ${path} loads over it, gates the event type and raises no warning`, async (t) => {
    const files = new Map([...examples('docs/aviso.md'), ...examples(path)]);
    const loaded = await load(files, [AVISO, OVERLAY], SECRETS);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
    const { config, warnings } = loaded.value;
    t.equal(config.notification_schema.get('dissemination')?.gated, true);
    t.equal(config.ecpds?.match_key, 'destination');
    t.strictSame(warnings, []);
  });
}

t.test('the example of a key provider loads over both, and raises no warning', async (t) => {
  const files = new Map([...examples('docs/aviso.md'), ...examples('README.md')]);
  const loaded = await load(files, [AVISO, OVERLAY, PROVIDERS], SECRETS);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  t.match(loaded.value.config.sidecar.identity.providers, [{ name: 'Gitlab', discovery: true }]);
  t.strictSame(loaded.value.warnings, []);
});
