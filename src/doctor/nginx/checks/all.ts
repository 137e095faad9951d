import { ANSWERS } from './answers.js';
import { BODY } from './body.js';
import type { NginxCheck } from './check.js';
import { GATE } from './gate.js';
import { HEADERS } from './headers.js';
import { WIRING } from './wiring.js';

/** Everything that is looked at in an nginx configuration. */
export const NGINX_CHECKS: readonly NginxCheck[] = [...GATE, ...WIRING, ...HEADERS, ...BODY, ...ANSWERS];
