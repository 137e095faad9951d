import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import t from 'tap';
import { WatchedExporter } from '../../src/tracing/watched-exporter.js';
import { manualClock } from '../helpers/clock.js';

const OK: ExportResult = { code: ExportResultCode.SUCCESS };
const failed = (error?: Error): ExportResult => ({
  code: ExportResultCode.FAILED,
  ...(error === undefined ? {} : { error }),
});

function setUp() {
  const told: string[] = [];
  const clock = manualClock();
  let result = OK;
  const exporter = new WatchedExporter(
    { export: (_spans, done) => done(result), shutdown: async () => undefined },
    {
      failing: (error) => void told.push(`failing ${error}`),
      recovered: (lost) => void told.push(`recovered ${lost}`),
    },
    clock.now,
  );
  const send = (next: ExportResult, count = 1): ExportResult | null => {
    result = next;
    let done: ExportResult | null = null;
    exporter.export(new Array<ReadableSpan>(count), (each) => {
      done = each;
    });
    return done;
  };
  return { told, clock, send };
}

t.test('an outage is one warning and one recovery, with what was lost', async (t) => {
  const { told, send } = setUp();
  t.equal(send(OK), OK);
  const down = failed(Object.assign(new Error('secret text'), { code: 'ECONNREFUSED' }));
  for (let i = 0; i < 100; i += 1) t.equal(send(down, 3), down);
  send(OK);
  send(OK);
  t.same(told, ['failing ECONNREFUSED', 'recovered 300']);
});

t.test('one that comes and goes is told of once a minute', async (t) => {
  const { told, send, clock } = setUp();
  for (let second = 0; second < 120; second += 1) {
    send(failed(Object.assign(new Error(), { code: 503 })));
    send(OK);
    clock.advance(1000);
  }
  t.same(told, ['failing HTTP 503', 'recovered 1', 'failing HTTP 503', 'recovered 1']);
});

t.test('the reason is a code or a kind, from the innermost cause', async (t) => {
  for (const [error, reason] of [
    [undefined, 'unknown'],
    [new TypeError('text'), 'TypeError'],
    [new Error('text', { cause: Object.assign(new Error(), { code: 'EPIPE' }) }), 'EPIPE'],
  ] as const) {
    const { told, send } = setUp();
    send(failed(error));
    t.same(told, [`failing ${reason}`]);
  }
});
