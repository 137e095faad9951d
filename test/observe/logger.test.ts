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

for (const format of ['json', 'logfmt'] as const) {
  t.test(`${format}: warnings and errors are written at once, what is less may wait`, async (t) => {
    const happened: string[] = [];
    const output = {
      write: (line: string) => void happened.push(/reached-(\w+)/.exec(line)?.[1] ?? line),
      flush: () => void happened.push('flush'),
      finish: async () => void happened.push('finish'),
    };
    const log = createEventLog({ name: 's', version: '1' }, 'info', format, output);
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      log.write(level, 'e', {}, `reached-${level}`);
    t.same(happened, ['info', 'warn', 'flush', 'error', 'flush']);
    log.setLevel('error');
    log.write('warn', 'e', {}, 'reached-warn');
    t.equal(happened.length, 5, 'and what is not written is not flushed');
    await log.finish();
    t.same(happened.slice(5), ['finish']);
  });
}

t.test('whether a level is written can be asked, and follows the level', async (t) => {
  const { log } = logTo('json', 'warn');
  const written = () => (['debug', 'info', 'warn', 'error'] as const).map((level) => log.writes(level));
  t.same(written(), [false, false, true, true]);
  log.setLevel('debug');
  t.same(written(), [true, true, true, true]);
  log.setLevel('error');
  t.same(written(), [false, false, false, true]);
});

t.test('each line has the time of its own millisecond', async (t) => {
  let now = Date.UTC(2030, 0, 1, 0, 0, 0, 998);
  t.intercept(Date, 'now', { value: () => now });
  const { log, lines } = logTo('json');
  for (const step of [0, 0, 1, 0, 1, -2, 86_400_000]) {
    now += step;
    log.write('info', 'e', {}, 'm');
  }
  t.same(
    lines.map((line) => JSON.parse(line).timestamp),
    [
      '2030-01-01T00:00:00.998Z',
      '2030-01-01T00:00:00.998Z',
      '2030-01-01T00:00:00.999Z',
      '2030-01-01T00:00:00.999Z',
      '2030-01-01T00:00:01.000Z',
      '2030-01-01T00:00:00.998Z',
      '2030-01-02T00:00:00.998Z',
    ],
  );
});
