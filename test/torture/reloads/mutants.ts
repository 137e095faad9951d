import type { Mutant } from '../mutants/mutant.js';

const caughtBy = 'reloads';

export const RELOADS_MUTANTS: readonly Mutant[] = [
  {
    name: 'a reload keeps the cache whatever changes',
    file: 'src/engine.js',
    find: 'asksAlike(previous.settings, settings)',
    replace: 'previous.ecpds !== null',
    caughtBy,
  },
  {
    name: 'half of a file is taken over',
    file: 'src/cli/reloader.js',
    find: 'if (!(await this.#hasSettled()))\n                continue;',
    replace: '',
    caughtBy,
  },
  {
    name: 'a refused configuration is not counted',
    file: 'src/reload.js',
    find: "metrics.reloads.inc({ outcome: 'failure' });",
    replace: '',
    caughtBy,
  },
  {
    name: 'a reload is not counted',
    file: 'src/reload.js',
    find: "metrics.reloads.inc({ outcome: 'success' });",
    replace: '',
    caughtBy,
  },
  {
    name: 'an invalid file empties the configuration',
    file: 'src/cli/reloader.js',
    find: 'if (!loaded.ok)\n            this.options.refused(loaded.failure);',
    replace: 'if (!loaded.ok)\n            process.exit(0);',
    caughtBy,
  },
  {
    name: 'a reload reports and changes nothing',
    file: 'src/app.js',
    find: 'running.engine = engine;',
    replace: '',
    caughtBy,
  },
];
