import { between, type Random } from '../../../../tools/drill/random.js';
import { type Attack, CLOSE_WITHIN_MS, type Front, scaled } from '../attack.js';
import { type People, QUESTION } from '../people.js';
import { answersIn, request } from '../wire/http1.js';
import { openPeer, pause } from '../wire/peer.js';

/** A kind of request, and what it has to be answered with. */
interface Kind {
  readonly status: number;
  make(id: string): string;
}

const kinds = ({ alice, bob, forged }: People): readonly Kind[] => {
  const send = (
    status: number,
    headers: readonly string[],
    body = QUESTION,
    target = '/api/v1/watch',
  ): Kind => ({
    status,
    make: (id) => request({ target, headers: [...headers, `x-request-id: ${id}`], body }),
  });
  return [
    send(200, [alice]),
    send(403, [bob]),
    send(401, [forged]),
    send(401, ['x: y']),
    send(400, [alice], '{'),
    send(404, [alice], QUESTION, '/metrics'),
    send(415, [alice, 'content-encoding: gzip']),
    send(403, [alice], QUESTION.replace('CIP', 'FOO')),
    send(403, [bob], QUESTION, '/envoy/api/v1/watch'),
    send(200, [alice], QUESTION, '/envoy/api/v1/replay'),
  ];
};

/** Hundreds of requests in one write, good and bad mixed, some of which end in what is no request. */
export function pipelining(front: Front, random: Random): Attack[] {
  const connections = scaled(front.size, 3, 30);
  return Array.from({ length: connections }, (_, index) => {
    const all = kinds(front.people);
    const sent = Array.from(
      { length: between(random, [200, 400]) },
      () => all[between(random, [0, all.length - 1])],
    );
    front.tally.plans(sent.map((kind) => kind?.status).join());
    return pipeline(
      front,
      sent.filter((kind) => kind !== undefined),
      `p${index}`,
      index % 3 === 2,
    );
  });
}

function pipeline(
  { ports, people, tally }: Front,
  sent: readonly Kind[],
  prefix: string,
  breaks: boolean,
): Attack {
  const name = `${sent.length} requests in one write${breaks ? ', then what is none' : ''}`;
  const bytes = sent.map(({ make }, i) => make(`${prefix}-${i}`)).join('');
  const after = `NOT A REQUEST\r\n\r\n${request({ headers: [people.alice], body: QUESTION }).repeat(3)}`;
  return {
    name,
    async run() {
      const peer = await openPeer(ports.http);
      peer.socket.write(breaks ? bytes + after : bytes);
      const until = performance.now() + CLOSE_WITHIN_MS;
      const isDone = () => (breaks ? peer.isOver() : answersIn(peer.text()).length >= sent.length);
      while (!isDone() && performance.now() < until) await pause(50);
      const answers = answersIn(peer.text());
      const last = breaks ? answers.pop() : undefined;
      for (const [index, { status, requestId }] of answers.entries()) {
        const expected = sent[index]?.status;
        tally.verdict(`${name}, the ${index}th`, status === 200, expected === 200);
        const right = status === expected && requestId === `${prefix}-${index}`;
        tally.expect(right, `${name}: the ${index}th answer is ${status} to ${requestId}, not ${expected}`);
      }
      if (breaks) tally.expect(last?.status === 400, `${name}: the last answer is ${last?.status}, not 400`);
      else tally.expect(answers.length === sent.length, `${name}: ${answers.length} answers`);
      peer.socket.destroy();
    },
  };
}
