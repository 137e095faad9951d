import { BODY } from './body.js';
import type { EnvoyCheck } from './check.js';
import { GATE } from './gate.js';
import { OPERATION } from './operation.js';
import { PASSED_ON } from './passed-on.js';
import { PATHS } from './paths.js';
import { REPLIES } from './replies.js';
import { SERVICE } from './service.js';
import { SHOWN } from './shown.js';
import { STREAMS } from './streams.js';
import { STRIP } from './strip.js';

/** Everything that is looked at in an Envoy configuration. */
export const ENVOY_CHECKS: readonly EnvoyCheck[] = [
  ...GATE,
  ...PATHS,
  ...STRIP,
  ...SHOWN,
  ...BODY,
  ...SERVICE,
  ...PASSED_ON,
  ...REPLIES,
  ...STREAMS,
  ...OPERATION,
];
