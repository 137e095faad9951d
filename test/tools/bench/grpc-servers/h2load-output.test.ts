import t from 'tap';
import { parseH2load } from '../../../../tools/bench/grpc-servers/h2load-output.js';

/** What h2load 1.52.0 prints at the end of a run that was ended by the clock. */
const output = (requests: string, codes: string, data = '1.64MB (1717728)'): string => `starting benchmark...
spawning thread #0: 1 total client(s). Timing-based test with 0s of warm-up time and 1s of main duration.
Warm-up phase is over for thread #0.
Main benchmark duration is over for thread #0. Stopping all clients.
Application protocol: h2c

finished in 1.00s, 19712.00 req/s, 2.22MB/s
requests: ${requests}
status codes: ${codes}
traffic: 2.22MB (2329610) total, 57.90KB (59291) headers (space savings 95.77%), ${data} data
                     min         max         mean         sd        +/- sd
time for request:      327us     29.53ms       729us      1.00ms    95.22%
`;
const ALL_WELL = '19712 total, 19744 started, 19712 done, 19712 succeeded, 0 failed, 0 errored, 0 timeout';
const ALL_200 = '19744 2xx, 0 3xx, 0 4xx, 0 5xx';

t.test(
  'a body is what was sent, spread over all answers, also those that came when time was up',
  async (t) => {
    t.strictSame(parseH2load(output(ALL_WELL, ALL_200)), {
      requests: 19_712,
      throughput: 19_712,
      errors: 0,
      bytesPerAnswer: 87,
    });
  },
);

t.test('an answer without a body has no bytes: how a gRPC call looks that failed', async (t) => {
  t.equal(parseH2load(output(ALL_WELL, ALL_200, '0B (0)')).bytesPerAnswer, 0);
});

t.test('failed requests and refusals are errors, each once', async (t) => {
  const failed = '100 total, 132 started, 100 done, 83 succeeded, 17 failed, 0 errored, 0 timeout';
  t.equal(parseH2load(output(failed, '83 2xx, 0 3xx, 5 4xx, 12 5xx')).errors, 17);
  const broken = '100 total, 132 started, 100 done, 90 succeeded, 10 failed, 7 errored, 3 timeout';
  t.equal(parseH2load(output(broken, '90 2xx, 0 3xx, 0 4xx, 0 5xx')).errors, 10);
});

t.test(
  'without a result or an answer there is no measurement, and the message shows what was said',
  async (t) => {
    t.throws(() => parseH2load('connection refused'), { message: /connection refused/ });
    const none = '0 total, 32 started, 0 done, 0 succeeded, 0 failed, 0 errored, 0 timeout';
    t.throws(() => parseH2load(output(none, '0 2xx, 0 3xx, 0 4xx, 0 5xx', '0B (0)')), {
      message: /no answer/,
    });
  },
);
