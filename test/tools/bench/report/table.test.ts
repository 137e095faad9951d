import t from 'tap';
import { figure } from '../../../../tools/bench/figures.js';
import { judge } from '../../../../tools/bench/gates.js';
import { COLOURED, PLAIN, paintFor } from '../../../../tools/bench/report/paint.js';
import { gateTable, reportOf } from '../../../../tools/bench/report/table.js';
import { RESULTS } from './results.js';

t.test('the report has a line per figure, point and gate', async (t) => {
  const report = reportOf(RESULTS, judge(RESULTS.figures, []), PLAIN);
  t.match(report, /^direct\.to_bare +sidecar \/ bare Fastify route +0\.83 +0\.81 to 0\.85 +3$/m);
  t.match(report, /^direct\.bare +bare Fastify route +50123 requests\/s/m);
  t.match(report, /^1000 +0\.80 +-0\.2 MB$/m);
  t.match(report, /^direct\.to_bare +at least 0\.80 +0\.83 +no committed value +met$/m);
  t.notMatch(report, '\u001b', 'and no colours');
});

t.test('a regression is called one, beside the value that it lost', async (t) => {
  const verdicts = judge([figure('direct.to_bare', [0.5])], RESULTS.figures);
  t.match(gateTable(verdicts, PLAIN), /0\.50 +committed 0\.83 +REGRESSED$/m);
});

t.test('colours are for terminals, unless they are not wanted', async (t) => {
  t.equal(paintFor(true, {}), COLOURED);
  t.equal(paintFor(true, { NO_COLOR: '1' }), PLAIN);
  t.equal(paintFor(false, {}), PLAIN);
});
