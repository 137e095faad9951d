import { makeTokens } from '../world/tokens.js';
import { Driver } from './driver.js';
import { oneEach } from './mix.js';
import type { LoadOrder, LoadReport, LoadSetup } from './orders.js';
import { schedule } from './schedule.js';

/**
 * The load in a process of its own, so that what it needs is not taken for what the sidecar needs. Its argument is a
 * `LoadSetup`; each message a `LoadOrder`, answered by a `LoadReport` when everything has come back and all
 * connections are closed. All as JSON.
 */
const setup: LoadSetup = JSON.parse(process.argv[2] ?? '');
const tokens = makeTokens(setup.tokensMadeAt);
const driver = new Driver(setup);
let orders = 0;

async function run(order: LoadOrder): Promise<LoadReport> {
  orders += 1;
  const options = {
    ...{ tokens, seed: setup.seed + orders, longestHoldMs: setup.longestHoldMs },
    firstNumber: orders * 100_000_000,
  };
  switch (order.kind) {
    case 'everybody':
      return driver.allOnce(oneEach(tokens, setup.seed));
    case 'closed_loop':
      return driver.closedLoop(schedule(options, 1), order.seconds);
    case 'open_loop':
      return driver.openLoop(schedule(options, order.requestsPerSecond), order.seconds);
    default:
      return order satisfies never;
  }
}

process.on('message', (message) => {
  run(JSON.parse(String(message))).then(
    (report) => process.send?.(JSON.stringify(report)),
    (cause: unknown) => {
      process.stderr.write(`${cause instanceof Error ? cause.stack : cause}\n`);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
