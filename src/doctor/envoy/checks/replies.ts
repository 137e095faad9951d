import { authzOf, type EnvoyGateway, servicesOf, speaks } from '../gateway.js';
import type { Manager } from '../manager.js';
import { type LocalReply, mapped } from '../replies.js';
import { type EnvoyCheck, flaw, said, unless } from './check.js';

const refusal = (status: number): LocalReply => ({ status, refused: true, details: 'ext_authz_denied' });
const failure = (status: number): LocalReply => ({ status, refused: true, details: 'ext_authz_error' });
const own = (status: number): LocalReply => ({ status, refused: false, details: '' });

/** The mapper that an authorizer's status over HTTP needs. */
const mapper = (from: number, to: number): string =>
  `a mapper on UAEX and ${from} with \`status_code: ${to}\`, before all others on UAEX`;

/** What a client is told. */
export const REPLIES: readonly EnvoyCheck[] = [
  {
    name: 'status_on_error',
    severity: 'breaks',
    flaw: '`status_on_error` is not 503',
    consequence:
      'a dead authorizer looks like a refusal (403), which tells clients to give up and hides the cause',
    find: (gateway) =>
      authzOf(gateway).flatMap(({ part }) => {
        const code = part.at('status_on_error', 'code');
        return unless(
          code.isOneOf('ServiceUnavailable', 503),
          code,
          said(code),
          '`status_on_error: { code: ServiceUnavailable }`',
        );
      }),
  },
  {
    name: 'envoy_1_37_0',
    severity: 'breaks',
    flaw: 'Envoy 1.37.0 with `http_service` (seen in a configuration dump only: no other file says its version)',
    consequence: '1.37.0 ignores `status_on_error` over HTTP: a dead authorizer looks like a refusal (403)',
    find: (gateway) =>
      gateway.resources.bootstraps.flatMap((bootstrap) => {
        const version = bootstrap.at('node', 'user_agent_build_version', 'version');
        const number = ['major_number', 'minor_number', 'patch'].map((name) => version.at(name).number ?? 0);
        return number.join('.') === '1.37.0' && servicesOf(gateway).some(({ kind }) => kind === 'http')
          ? [flaw(version, 'is 1.37.0', 'any later version, or 1.36; or gRPC')]
          : [];
      }),
  },
  {
    name: 'carrier_424',
    severity: 'breaks',
    flaw: '`local_reply_config` does not turn 424 with UAEX into 503 and leave the body alone (HTTP)',
    consequence: 'clients see 424 where the authorizer means 503: what should be tried again looks final',
    find: (gateway) => carrierFlaws(gateway, 424, 503),
  },
  {
    name: 'carrier_423',
    severity: 'breaks',
    flaw: '`local_reply_config` does not turn 423 with UAEX into 500 and leave the body alone (HTTP)',
    consequence: 'clients see 423 where the authorizer means 500: a fault looks like the client’s',
    find: (gateway) => carrierFlaws(gateway, 423, 500),
  },
  {
    name: 'no_verdict_mapped',
    severity: 'breaks',
    flaw: '`local_reply_config` lets a 2xx or 3xx of the authorizer other than 200 through',
    consequence: 'Envoy hands it to the client: a 204 looks like success, a 302 sends clients elsewhere',
    find: ({ guarded }) =>
      guarded.flatMap((manager) => {
        const config = manager.config.at('local_reply_config');
        const wrong = [204, 302].filter((status) => (mapped(config, refusal(status))?.status ?? 503) < 500);
        const cure = 'a mapper on UAEX and at most 399 with `status_code: 503`';
        return unless(wrong.length === 0, config, `leaves ${wrong.join(' and ')} as they are`, cure);
      }),
  },
  {
    name: 'refusals_kept',
    severity: 'breaks',
    flaw: 'a mapper changes the status or body of a refusal of the authorizer',
    consequence: 'the client is told another reason than the authorizer’s',
    find: (gateway) =>
      gateway.guarded.flatMap((manager) => {
        const config = manager.config.at('local_reply_config');
        const carried = speaks(gateway, manager, 'grpc') ? [500, 503] : [];
        const changed = [400, 401, 403, 404, 413, 415, 431, ...carried].filter((status) => {
          const reply = mapped(config, refusal(status));
          return reply !== null && (reply.status !== status || reply.hasOwnBody);
        });
        const cure =
          'a mapper `filter: { response_flag_filter: { flags: [UAEX] } }` that changes nothing, before those of Envoy’s own answers';
        return unless(changed.length === 0, config, `changes ${changed.join(', ')}`, cure);
      }),
  },
  {
    name: 'failure_body',
    severity: 'advice',
    flaw: 'no mapper gives a failed check a body and `retry-after`',
    consequence: 'a 503 without an authorizer is empty, and clients come back all at once',
    find: ({ guarded }) =>
      guarded.flatMap((manager) => {
        const config = manager.config.at('local_reply_config');
        const reply = mapped(config, failure(503));
        const isFine = reply === null || (reply.hasOwnBody && reply.status === 503);
        return unless(
          isFine,
          config,
          'leaves a failed check without a body',
          'the mapper of failed checks in the shipped configuration',
        );
      }),
  },
  {
    name: 'own_refusals',
    severity: 'advice',
    flaw: 'no mappers give Envoy’s own 400, 404, 408, 413, 431 and 5xx the form of the authorizer’s refusals',
    consequence: 'clients that read JSON get plain text',
    find: ({ guarded }) =>
      guarded.flatMap((manager) => {
        const config = manager.config.at('local_reply_config');
        const plain = [400, 404, 408, 413, 431, 503].filter(
          (status) => mapped(config, own(status))?.hasOwnBody === false,
        );
        return unless(
          plain.length === 0,
          config,
          `leaves ${plain.join(', ')} as plain text`,
          'the mappers of the shipped configuration',
        );
      }),
  },
];

function carrierFlaws(gateway: EnvoyGateway, from: number, to: number) {
  const overHttp = (manager: Manager): boolean => speaks(gateway, manager, 'http');
  return gateway.guarded.filter(overHttp).flatMap((manager) => {
    const config = manager.config.at('local_reply_config');
    const reply = mapped(config, refusal(from));
    if (reply === null) return [];
    const place = reply.mapper ?? config;
    const found = reply.hasOwnBody ? `replaces the body of a ${from}` : `leaves ${from} as ${reply.status}`;
    return unless(reply.status === to && !reply.hasOwnBody, place, found, mapper(from, to));
  });
}
