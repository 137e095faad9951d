import { routeOf } from '../request/route.js';

/** The paths of Aviso that are gated. */
export const GATED_PATHS = ['/api/v1/watch', '/api/v1/replay'] as const;
export type GatedPath = (typeof GATED_PATHS)[number];

/** Aviso's own limit for a body, which a proxy has to let pass; in bytes. */
export const BODY_BYTES = 262_144;
/** How long Aviso lets a stream live, as it is shipped (`connection_max_duration_sec`); in seconds. */
export const STREAM_LIFE_SECONDS = 3600;
/** Aviso's heartbeat on a silent stream, in seconds. */
export const HEARTBEAT_SECONDS = 30;
/** What the shipped configurations give a check beyond the time for ECPDS, in seconds. */
export const MARGIN_SECONDS = 5;

/** Headers that only the authorizer may set, and one that it does not know yet. */
export const OWN_HEADERS = ['x-aviso-user', 'x-aviso-realm', 'x-aviso-decision', 'x-aviso-other'] as const;
/** What a refusal of the authorizer says to a client beside its body. */
export const REFUSAL_HEADERS = ['www-authenticate', 'retry-after', 'content-type', 'cache-control'] as const;

/** What the authorizer makes of a POST to a path: a check, an answer of 200 without one, or a 404. */
export const readAs = (path: string): 'gated' | 'ungated' | 'unknown' => routeOf('POST', path).kind;
