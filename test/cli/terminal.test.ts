import t from 'tap';
import { configFiles, start } from '../helpers/command.js';
import { active, startEcpds } from '../helpers/ecpds.js';

t.test('a command whose output nobody reads to the end still ends with its verdict', async (t) => {
  const ecpds = await startEcpds({ alice: active('CIP') });
  const { config, remove } = await configFiles([ecpds.url]);
  t.teardown(() => Promise.all([ecpds.close(), remove()]));
  const question = ['--user', 'alice', '--event-type', 'dissemination', '--destination'];
  const cases: readonly (readonly [readonly string[], number])[] = [
    [['validate', '--config', config], 0],
    [['check', '--config', config, ...question, 'CIP'], 0],
    [['check', '--config', config, ...question, 'SECRET'], 1],
  ];
  for (const [args, code] of cases) {
    const command = start(args);
    command.process.stdout?.destroy();
    const ended = await command.finished;
    t.equal(ended.code, code, args.join(' '));
    t.equal(ended.err, '', 'and without a stack trace');
  }
});

t.test('serve says so and stops when nobody reads its log any more', async (t) => {
  const { config, write, remove } = await configFiles(['https://ecpds.example']);
  t.teardown(remove);
  const overlay = await write('overlay.yaml', { sidecar: { drain_seconds: 0 } });
  const sidecar = start(['serve', '--config', config, '--config', overlay]);
  await sidecar.event('startup.listening');
  sidecar.process.stdout?.destroy();
  sidecar.process.kill('SIGHUP');
  const { code, err } = await sidecar.finished;
  t.equal(code, 1);
  t.match(err, /cannot write the log \(EPIPE\)/);
});
