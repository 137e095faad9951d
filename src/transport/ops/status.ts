import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Diagnosis } from '../../triage/diagnosis.js';
import type { Situation } from '../../triage/situation.js';
import type { FewAtOnce } from './few-at-once.js';

export interface StatusOptions {
  readonly situation: () => Promise<Situation>;
  readonly diagnose: (situation: Situation) => Diagnosis;
  /** The whole page, as HTML that needs nothing else: no script, no picture, no other address. */
  readonly page: (diagnosis: Diagnosis, situation: Situation) => string;
  /** The `Content-Security-Policy` that the page is made for. */
  readonly pagePolicy: string;
  readonly few: FewAtOnce;
}

/** What `/status.json` answers, and the command `diagnose` reads. */
export interface StatusReport {
  readonly diagnosis: Diagnosis;
  readonly situation: Situation;
}

/** `GET /status` for people and `GET /status.json` for `diagnose`: what is wrong now, and the figures. */
export async function statusRoutes(app: FastifyInstance, options: StatusOptions): Promise<void> {
  const report = async (): Promise<StatusReport> => {
    const situation = await options.situation();
    return { diagnosis: options.diagnose(situation), situation };
  };
  app.get('/status.json', (_request, reply) =>
    options.few(reply, async () => {
      fresh(reply);
      return report();
    }),
  );
  app.get('/status', (_request, reply) =>
    options.few(reply, async () => {
      const { diagnosis, situation } = await report();
      fresh(reply).type('text/html; charset=utf-8').header('content-security-policy', options.pagePolicy);
      return options.page(diagnosis, situation);
    }),
  );
}

const fresh = (reply: FastifyReply): FastifyReply =>
  reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
