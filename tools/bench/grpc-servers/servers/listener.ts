import { asUsername } from '../../../../src/domain/names.js';
import { createGrpcListener } from '../../../../src/transport/grpc-listener.js';
import { reportPort } from '../../world/process.js';
import { IDENTITY } from '../message.js';

/**
 * Our own listener with a constant decision. Beyond the server it does all that it does in production: it reads
 * headers, body and deadline out of the check, and makes the answer from the decision.
 */
const { username, realm } = IDENTITY;
const identity = { username: asUsername(username), realm, issuer: null, roles: [] };
const server = createGrpcListener({
  decide: async () => ({ kind: 'allow', reason: 'destination_listed', identity, cacheOutcome: 'hit' }),
  refuse: () => undefined,
  challenges: () => [],
  now: () => performance.now(),
  isReady: () => true,
});
const address = await server.listen({ host: '127.0.0.1', port: 0 });
reportPort(Number(new URL(address).port));
