import { type TObject, Type } from '@sinclair/typebox';
import { notes, timeoutSeconds } from './fields.js';

/** A protection that is off unless its block is written; the block may be empty. */
const offByDefault = <T extends TObject>(block: T, description: string) =>
  Type.Union([block, Type.Null()], {
    ...notes({ description, must: 'a map, which may be empty; or `null`' }),
    nullable: true,
    default: null,
  });

const count = (options: { description: string; fallback: number; minimum: number; maximum: number }) => {
  const { description, fallback, minimum, maximum } = options;
  const must = `a whole number, ${minimum} to ${maximum}`;
  return Type.Integer({ ...notes({ description, must }), default: fallback, minimum, maximum });
};

/** Protections against outages of ECPDS (contract section 8). None lets a request through without a verdict. */
export const PROTECTIONS = Type.Object(
  {
    refresh_ahead: offByDefault(
      Type.Object({
        after_ratio: Type.Number({
          ...notes({
            description:
              'The share of `cache_ttl_seconds` after which a hit has its list fetched again behind it: the smaller, the more calls (1.25 times as many for 0.8), and the sooner a revoked right is noticed.',
            must: 'a number above 0 and below 1',
          }),
          default: 0.8,
          exclusiveMinimum: 0,
          exclusiveMaximum: 1,
        }),
      }),
      'Fetch lists in use again before they expire: nobody waits at expiry, for more calls to ECPDS.',
    ),
    circuit_breaker: offByDefault(
      Type.Object({
        failures: count({
          description:
            'How many calls to a server must fail in a row (`unreachable` or `http_5xx`) until it is not called any more: the fewer, the sooner, and the likelier by accident.',
          fallback: 5,
          minimum: 1,
          maximum: 1000,
        }),
        open_seconds: timeoutSeconds(
          'How often a server that is not called any more is probed, in seconds: for so long at most it is refused after its recovery.',
          30,
        ),
      }),
      'Refuse at once (503) while an ECPDS server is down, in place of after `request_timeout_seconds`; requests of the last period before its recovery is noticed are refused, too.',
    ),
    max_concurrent_fetches: count({
      description:
        'How many calls to one ECPDS server run at once: the fewer, the gentler to it, and the longer the wait after a restart.',
      fallback: 64,
      minimum: 1,
      maximum: 10_000,
    }),
    max_queued_fetches: count({
      description:
        'How many calls to one ECPDS server may wait for one that runs to end; beyond, requests get 503 at once in place of a place in the queue.',
      fallback: 10_000,
      minimum: 0,
      maximum: 1_000_000,
    }),
    ttl_jitter: Type.Number({
      ...notes({
        description:
          'The greatest share of `cache_ttl_seconds` that is taken off at random, so that lists fetched together do not expire together; more calls, by half of it.',
        must: 'a number, 0 to 0.9',
      }),
      default: 0,
      minimum: 0,
      maximum: 0.9,
    }),
  },
  {
    description: 'Protections against outages of ECPDS. None lets a request through without a verdict.',
    default: {},
  },
);
