import t from 'tap';
import { corpus } from './corpus.js';
import { RECORDED, readRecorded } from './recorded.js';
import { compare } from './rules.js';
import { sendAll } from './wire.js';
import { startParityWorld } from './world.js';

t.test('the sidecar agrees with the recorded verdicts of Aviso 0.7.1 and its ECPDS plugin', async (t) => {
  const world = await startParityWorld(1);
  const sidecar = await world.startSidecar();
  t.teardown(async () => {
    await sidecar.stop();
    await world.close();
  });
  const requests = corpus(RECORDED.seed, RECORDED.mutations);
  const recorded = readRecorded();
  t.equal(
    recorded.length,
    requests.length,
    'the recording belongs to this corpus: npm run parity -- --record',
  );
  const answers = await sendAll(requests, sidecar);
  let allowed = 0;
  for (const [i, request] of requests.entries()) {
    const [there, here] = [recorded[i], answers[i]];
    if (there === undefined || here === undefined) continue;
    if (here.status === 200) allowed += 1;
    const outcome = compare(request, there, here);
    if (outcome.kind === 'violation') {
      t.fail(`${outcome.what}: ${request.name}`, {
        there,
        here,
        path: request.path,
        body: Buffer.from(request.body, 'base64').toString().slice(0, 300),
      });
    }
  }
  t.ok(allowed > 500, 'enough of the corpus is allowed for agreement to mean something');
});
