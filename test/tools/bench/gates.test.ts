import t from 'tap';
import { type FigureId, figure } from '../../../tools/bench/figures.js';
import { GATES, judge } from '../../../tools/bench/gates.js';

const of = (id: FigureId, value: number) => figure(id, [value]);
const DIRECT = 'direct.to_bare';

function verdictOn(id: FigureId, value: number, before: number | null) {
  const committed = before === null ? [] : [of(id, before)];
  const [verdict, ...others] = judge([of(id, value), of('direct.sidecar', 12_000)], committed);
  t.strictSame(others, []);
  return verdict;
}

t.test('an aim that is reached exactly is met', async (t) => {
  t.equal(verdictOn(DIRECT, 0.8, null)?.met, true);
  t.equal(verdictOn(DIRECT, 0.7999, null)?.met, false);
  t.equal(verdictOn('users.p99_many_to_one', 1.5, null)?.met, true);
  t.equal(verdictOn('users.p99_many_to_one', 1.51, null)?.met, false);
});

t.test('a guarded figure that lost more than a fifth regressed, whether its aim is met or not', async (t) => {
  t.equal(verdictOn(DIRECT, 0.81, 1)?.regressed, false);
  t.match(verdictOn(DIRECT, 0.81, 1.1), { regressed: true, met: true, before: 1.1 });
  t.match(verdictOn(DIRECT, 0.15, 0.16), { regressed: false, met: false });
  t.match(verdictOn(DIRECT, 0.12, 0.16), { regressed: true, met: false });
});

t.test('a better value is no regression, nor is the first one', async (t) => {
  t.equal(verdictOn(DIRECT, 0.99, 0.2)?.regressed, false);
  t.match(verdictOn(DIRECT, 0.01, null), { regressed: false, before: null });
});

t.test('what is reported only never fails a run', async (t) => {
  t.match(verdictOn('memory.growth', 500, 20), { regressed: false, met: false });
  t.match(verdictOn('isolation.p99_to_healthy', 9, 1), { regressed: false, met: false });
});

t.test('a figure that was not measured has no verdict', async (t) => {
  t.strictSame(judge([], [of(DIRECT, 0.9)]), []);
});

t.test(
  'every ratio to a static authorizer is guarded, with the aim that the project set itself',
  async (t) => {
    const guarded = GATES.filter((gate) => gate.guarded).map(({ figure, aim }) => [figure, aim]);
    t.strictSame(guarded, [
      ['envoy.http_to_static', 0.9],
      ['envoy.grpc_to_static', 0.8],
      ['direct.to_bare', 0.8],
    ]);
    const reported = GATES.filter((gate) => !gate.guarded).map(({ figure, aim }) => [figure, aim]);
    t.strictSame(reported, [
      ['envoy.grpc_to_http', 0.7],
      ['users.p99_many_to_one', 1.5],
      ['memory.growth', 30],
      ['isolation.p99_to_healthy', 1.2],
    ]);
  },
);
