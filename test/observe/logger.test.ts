import { hostname } from 'node:os';
import t from 'tap';
import { createEventLog, type LogFormat, type LogLevel } from '../../src/observe/logger.js';
import { listedLines } from '../helpers/events.js';

function logTo(format: LogFormat, level: LogLevel = 'debug') {
  const { destination, lines } = listedLines();
  return {
    log: createEventLog({ name: 'the-service', version: '1.2.3' }, level, format, destination),
    lines,
  };
}
const INJECTED = 'eve\nevent_name=auth.ecpds.check.allowed reason="x"\r\n{"level":"error"}';

t.test('a JSON line has the standard shape and the fields given', async (t) => {
  const { log, lines } = logTo('json');
  log.write('warn', 'auth.ecpds.check.denied', { username: 'alice', reason: 'MatchKeyMissing' }, 'Denied');
  t.equal(lines.length, 1);
  t.ok(lines[0]?.endsWith('}\n'));
  const { timestamp, ...rest } = JSON.parse(lines[0] ?? '');
  t.same(rest, {
    level: 'warn',
    service_name: 'the-service',
    service_version: '1.2.3',
    hostname: hostname(),
    event_name: 'auth.ecpds.check.denied',
    username: 'alice',
    reason: 'MatchKeyMissing',
    message: 'Denied',
  });
  t.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

t.test('a logfmt line has the same fields', async (t) => {
  const { log, lines } = logTo('logfmt');
  log.write(
    'warn',
    'auth.ecpds.check.denied',
    { username: 'alice', reason: 'MatchKeyMissing' },
    'ECPDS access denied',
  );
  const [line = ''] = lines;
  for (const pair of ['level=warn', 'service_name=the-service', 'service_version=1.2.3', 'username=alice']) {
    t.ok(line.split(' ').includes(pair), pair);
  }
  t.match(line, ' event_name=auth.ecpds.check.denied ');
  t.match(line, / reason=MatchKeyMissing message="ECPDS access denied"\n$/);
});

for (const format of ['json', 'logfmt'] as const) {
  t.test(`${format}: nothing a client sends starts a line or an event of its own`, async (t) => {
    const { log, lines } = logTo(format);
    log.write('warn', 'e', { username: INJECTED, path: `/${INJECTED}` }, 'm');
    t.equal(lines.length, 1);
    t.same(
      lines[0]?.split(/[\r\n]/).map((part) => part === ''),
      [false, true],
    );
    if (format === 'json')
      t.match(JSON.parse(lines[0] ?? ''), { level: 'warn', event_name: 'e', username: INJECTED });
    else t.match(lines[0], ' event_name=e username="eve\\nevent_name=');
  });

  t.test(`${format}: only events of the level and above are written, and the level can change`, async (t) => {
    const { log, lines } = logTo(format, 'warn');
    const levels: LogLevel[] = ['debug', 'info', 'warn', 'error'];
    const write = () => {
      for (const level of levels) log.write(level, level, {}, 'm');
    };
    write();
    t.equal(lines.length, 2);
    log.setLevel('debug');
    write();
    t.equal(lines.length, 6);
  });
}
