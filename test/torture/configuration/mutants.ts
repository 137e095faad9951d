import type { Mutant } from '../mutants/mutant.js';

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file: `src/${file}.js`,
  find,
  replace,
  caughtBy: 'configuration',
});

export const CONFIGURATION_MUTANTS: readonly Mutant[] = [
  mutant('unknown keys are ignored', 'config/shape', "schema['open'] !== true", 'false'),
  mutant('a gate without a known user', 'config/stream-rules', 'auth.required !== false', 'true'),
  mutant(
    'the plugin does not gate',
    'config/stream-rules',
    "plugins?.includes('ecpds')",
    "plugins?.includes('other')",
  ),
  mutant(
    'passwords go over plain http',
    'config/url-rules',
    "parsed.value.protocol === 'https:' || isLocal(parsed.value)",
    'true',
  ),
  mutant('the topic is not looked at', 'config/gate-rules', 'order?.includes(matchKey) === true', 'true'),
  mutant('the password is shown', 'config/redact', 'password: REDACTED', 'password: ecpds.password'),
  mutant('a wrong value is quoted', 'config/shape-problems', "'is not a known value'", 'String(value)'),
  mutant('overlays take the place of maps', 'config/tree', '!isTreeMap(under) || !isTreeMap(over)', 'true'),
  mutant('a field may be given twice', 'request/recheck-batch', 'value.repeated', 'false'),
];
