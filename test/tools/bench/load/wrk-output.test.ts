import t from 'tap';
import { parseWrk } from '../../../../tools/bench/load/wrk-output.js';

/** What wrk 4.1.0 prints with our script. */
const output = (report: string): string => `Running 2s test @ http://127.0.0.1:8080/api/v1/watch
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.87ms    2.11ms  42.05ms   93.41%
    Req/Sec     6.72k   742.53     7.66k    75.00%
  13392 requests in 2.00s, 2.94MB read
Requests/sec:   6694.83
Transfer/sec:      1.47MB

${report}
`;

t.test('requests per second come from wrk’s own clock, latencies in milliseconds', async (t) => {
  t.strictSame(parseWrk(output('bench-report 13392 2000352 4611 10523 0')), {
    requests: 13_392,
    throughput: 13_392 / 2.000352,
    p50: 4.611,
    p99: 10.523,
    errors: 0,
  });
});

t.test('errors are counted, and a run without an answer is seen as one', async (t) => {
  t.equal(parseWrk(output('bench-report 100 2000352 4611 10523 17')).errors, 17);
  t.match(parseWrk(output('bench-report 0 1005200 0 0 0')), { requests: 0, throughput: 0 });
});

t.test('without a report there is no result, and the message shows what wrk said instead', async (t) => {
  const said = 'unable to connect to 127.0.0.1:9 Connection refused';
  t.throws(() => parseWrk(said), { message: new RegExp(said) });
  t.throws(() => parseWrk(output('')));
  t.throws(() => parseWrk(output('bench-report 13392 2000352 4611 nan 0')), 'a number that is none');
  t.throws(() => parseWrk(output('bench-report 0 0 0 0 0')), 'no time has passed');
});
