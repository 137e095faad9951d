import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { between, type Random } from '../../../tools/drill/random.js';
import { sign } from '../../helpers/tokens.js';
import type { World } from './world.js';

const USERS = 8;
const DESTINATIONS = 8;
const steadyUser = (index: number): string => `steady-${index}`;
const maySee = (user: number, destination: number): boolean => (user + 3 * destination) % 4 !== 0;

/** Rights that no reload changes, on both servers. */
export function listSteadyUsers({ ecpds }: World): void {
  for (const server of ecpds)
    for (let user = 0; user < USERS; user++) {
      const all = Array.from({ length: DESTINATIONS }, (_, index) => index);
      server.lists.set(
        steadyUser(user),
        all.filter((destination) => maySee(user, destination)).map((destination) => `D${destination}`),
      );
    }
}

/** Asks at a steady rate for rights that no reload changes, until it is stopped. */
export class Steady {
  readonly #pool: Pool;
  readonly #pending = new Set<Promise<void>>();
  #tokens: readonly string[] = [];
  #signedWith = '';
  #going = true;

  constructor(
    private readonly world: World,
    private readonly random: Random,
  ) {
    this.#pool = new Pool(world.http, { connections: 64, headersTimeout: 20_000, keepAliveTimeout: 30_000 });
  }

  async run(perSecond: number): Promise<void> {
    let due = performance.now();
    while (this.#going) {
      for (; due <= performance.now(); due += 1000 / perSecond) this.#send();
      await pause(2);
    }
    await Promise.all(this.#pending);
    await this.#pool.close();
  }

  stop(): void {
    this.#going = false;
  }

  #send(): void {
    const sending = this.#once();
    this.#pending.add(sending);
    void sending.finally(() => this.#pending.delete(sending));
  }

  async #once(): Promise<void> {
    const { world, random } = this;
    const [user, destination] = [between(random, [0, USERS - 1]), between(random, [0, DESTINATIONS - 1])];
    const expected = maySee(user, destination) ? 200 : 403;
    const [rotating, rotations] = [world.rotating, world.rotations];
    world.tally.cases += 1;
    const said = `${steadyUser(user)} asking for D${destination}`;
    try {
      const { statusCode, body } = await this.#pool.request({
        path: '/api/v1/watch',
        method: 'POST',
        headers: { authorization: `Bearer ${this.#tokenOf(user)}` },
        body: JSON.stringify({
          event_type: 'dissemination',
          identifier: { destination: `D${destination}` },
        }),
      });
      const text = await body.text();
      if (statusCode === 200) world.tally.allowed += 1;
      if (statusCode === 200 && expected !== 200) world.tally.wrongAllows += 1;
      const refusedMeanwhile =
        statusCode === 401 && (rotating || world.rotating || rotations !== world.rotations);
      world.tally.expect(
        statusCode === expected || refusedMeanwhile,
        `${said} got ${statusCode} ${text.slice(0, 100)}, not ${expected}`,
      );
    } catch (error) {
      world.tally.fail(`${said} was dropped: ${error instanceof Error ? error.message : error}`);
    }
  }

  #tokenOf(user: number): string {
    const { jwtSecret, secrets } = this.world;
    if (this.#signedWith !== jwtSecret) {
      this.#signedWith = jwtSecret;
      this.#tokens = Array.from({ length: USERS }, (_, index) =>
        sign({ username: steadyUser(index) }, jwtSecret),
      );
      for (const token of this.#tokens) secrets.token(token);
    }
    return this.#tokens[user] ?? '';
  }
}
