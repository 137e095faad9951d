import t from 'tap';
import { grpcTimeoutMs } from '../../src/grpc/timeout.js';

const MILLISECONDS: Record<string, number> = {
  '2H': 7_200_000,
  '2M': 120_000,
  '2S': 2000,
  '2m': 2,
  '2000u': 2,
  '2000000n': 2,
  '0m': 0,
  '007S': 7000,
  '99999999S': 99_999_999_000,
};
for (const [header, milliseconds] of Object.entries(MILLISECONDS)) {
  t.test(`${header} is ${milliseconds} ms`, async (t) => t.equal(grpcTimeoutMs(header), milliseconds));
}

t.test('what the protocol does not allow is no timeout', async (t) => {
  const spaced = ['1 S', ' 1S', '1S ', '1S\n', '1S, 1S'];
  const misspelled = [
    '',
    '5',
    'S',
    '-1S',
    '+1S',
    '1.5S',
    '1e3S',
    '123456789S',
    '1SS',
    '1s',
    '1h',
    '1N',
    '1U',
  ];
  for (const header of [...spaced, ...misspelled, '１S', 'constructor', '1toString']) {
    t.equal(grpcTimeoutMs(header), null, JSON.stringify(header));
  }
  t.equal(grpcTimeoutMs(undefined), null);
  for (const headers of [[], ['1S'], ['1S', '1S']]) t.equal(grpcTimeoutMs(headers), null);
});
