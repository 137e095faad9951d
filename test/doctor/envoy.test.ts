import t from 'tap';
import { stringify } from 'yaml';
import { ENVOY_CHECKS } from '../../src/doctor/envoy/checks/all.js';
import { diagnoseEnvoy } from '../../src/doctor/envoy/diagnose.js';
import type { Budget, Finding } from '../../src/doctor/finding.js';
import { DEADLINE_SHARE } from '../../src/transport/deadline.js';
import { edited, type Kind, shipped } from './edits.js';
import { MUTATIONS } from './envoy-mutations.js';

const BOTH: readonly Kind[] = ['http', 'grpc'];
const BUDGET: Budget = { requestTimeoutSeconds: 30, deadlineShare: DEADLINE_SHARE };

function findings(document: unknown, budget = BUDGET): readonly Finding[] {
  const result = diagnoseEnvoy([{ file: 'envoy.yaml', text: stringify(document) }], budget);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

const namesOf = (found: readonly Finding[]): string[] => [...new Set(found.map(({ check }) => check))].sort();

for (const kind of BOTH) {
  t.test(`nothing is found in the shipped configuration, over ${kind}`, async (t) => {
    t.same(findings(shipped(kind)), []);
  });
}

for (const { check, title, edits, also = [], kinds = BOTH } of MUTATIONS) {
  t.test(`${check}: ${title}`, async (t) => {
    for (const kind of kinds) {
      const found = findings(edited(kind, edits));
      t.same(namesOf(found), [check, ...also].sort(), kind);
      for (const { place, problem, cure, consequence } of found) {
        t.ok(place.line > 0 && place.path !== '' && problem !== '' && cure !== '' && consequence !== '');
      }
    }
  });
}

t.test('every check has a way to break the configuration that it finds', async (t) => {
  const broken = new Set(MUTATIONS.map(({ check }) => check));
  const names = ENVOY_CHECKS.map(({ name }) => name);
  t.equal(new Set(names).size, names.length, 'no name is there twice');
  t.same(
    names.filter((name) => !broken.has(name)),
    ['envoy_1_37_0'],
    'which a file cannot show: see below',
  );
});
