import { Agent, request as httpRequest } from 'node:http';
import { Client, credentials } from '@grpc/grpc-js';
import { CHECK, callOnce, checkMessage, HEALTH, verdictIn } from '../../helpers/grpc.js';
import { type People, QUESTION } from './people.js';
import type { Ports } from './sidecar.js';
import type { Tally } from './tally.js';
import { pause } from './wire/peer.js';

/** An honest client waits no longer, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Clients of every listener that ask all the time, over connections of their own, and must be served as ever. */
export interface Honest {
  /** The longest that one of them waited, in milliseconds, and how often they asked. */
  figures(): { readonly slowestMs: number; readonly asked: number };
  /** Asks once more everywhere, then stops. */
  stop(): Promise<void>;
}

interface Question {
  readonly name: string;
  ask(): Promise<number>;
  readonly expected: number;
  readonly truth: boolean;
}

export function startHonest(ports: Ports, people: People, tally: Tally, everyMs: number): Honest {
  const { questions, close } = questionsFor(ports, people);
  let stopped = false;
  let slowestMs = 0;
  let asked = 0;
  const round = async ({ name, ask, expected, truth }: Question): Promise<void> => {
    const startedAt = performance.now();
    const status = await Promise.race([ask().catch(() => -1), pause(PATIENCE_MS).then(() => -2)]);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    asked += 1;
    tally.verdict(`honest ${name}`, status === 200 && name.startsWith('watch'), truth);
    tally.expect(status === expected, `honest ${name}: ${statusText(status)}, not ${expected}`);
  };
  const loops = questions.map(async (question) => {
    while (!stopped) {
      await round(question);
      await pause(everyMs);
    }
    await round(question);
  });
  return {
    figures: () => ({ slowestMs: Math.round(slowestMs), asked }),
    async stop() {
      stopped = true;
      await Promise.all(loops);
      close();
    },
  };
}

const statusText = (status: number): string =>
  status === -2 ? `no answer within ${PATIENCE_MS} ms` : status === -1 ? 'no connection' : String(status);

function questionsFor({ http, grpc, admin }: Ports, people: People) {
  const agent = new Agent({ keepAlive: true });
  const client = new Client(`127.0.0.1:${grpc}`, credentials.createInsecure());
  const watch =
    (header: string, target = '/api/v1/watch') =>
    () =>
      overHttp(agent, http, target, header);
  const check = (header: string) => async () => {
    const headers = [['authorization', header.slice('authorization: '.length)]] as const;
    const bytes = checkMessage({ headers, rawBody: Buffer.from(QUESTION) });
    return verdictIn((await callOnce(client, CHECK, bytes, { timeoutMs: PATIENCE_MS })).message).http ?? 200;
  };
  const health = async (): Promise<number> => {
    const { message } = await callOnce(client, HEALTH, new Uint8Array(), { timeoutMs: PATIENCE_MS });
    return message?.[1] === 1 ? 200 : 503;
  };
  const page = (path: string) => async () => {
    const response = await fetch(`http://127.0.0.1:${admin}${path}`);
    await response.arrayBuffer();
    return response.status;
  };
  const questions: Question[] = [
    { name: 'watch of alice over HTTP', ask: watch(people.alice), expected: 200, truth: true },
    { name: 'watch of bob over HTTP', ask: watch(people.bob), expected: 403, truth: false },
    { name: 'watch of a forger over HTTP', ask: watch(people.forged), expected: 401, truth: false },
    {
      name: 'watch of bob for Envoy',
      ask: watch(people.bob, '/envoy/api/v1/watch'),
      expected: 403,
      truth: false,
    },
    { name: 'watch of alice over gRPC', ask: check(people.alice), expected: 200, truth: true },
    { name: 'watch of bob over gRPC', ask: check(people.bob), expected: 403, truth: false },
    { name: 'health over gRPC', ask: health, expected: 200, truth: true },
    { name: 'probe', ask: page('/readyz'), expected: 200, truth: true },
    { name: 'scrape', ask: page('/metrics'), expected: 200, truth: true },
  ];
  const close = (): void => {
    agent.destroy();
    client.close();
  };
  return { questions, close };
}

function overHttp(agent: Agent, port: number, path: string, header: string): Promise<number> {
  const authorization = header.slice('authorization: '.length);
  return new Promise((resolve, reject) => {
    const options = { agent, port, host: '127.0.0.1', path, method: 'POST', headers: { authorization } };
    const sent = httpRequest(options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).setTimeout(PATIENCE_MS, () => sent.destroy());
    sent.end(QUESTION);
  });
}
