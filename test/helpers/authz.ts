import type { AuthzRequest } from '../../src/domain/request.js';

/** A watch request for destination CIP, unless told otherwise. */
export const authzRequest = (parts: Partial<AuthzRequest> = {}): AuthzRequest => ({
  transport: 'http',
  requestId: 'request-1',
  method: 'POST',
  target: '/api/v1/watch',
  authorization: ['Bearer token'],
  contentEncoding: null,
  partialBody: false,
  body: bodyFor('dissemination', 'CIP'),
  deadline: null,
  routeOperation: null,
  routeLabel: null,
  ...parts,
});

/** A body of an event type and, unless it is left out, a destination. */
export const bodyFor = (eventType: string, destination?: unknown): Uint8Array =>
  Buffer.from(JSON.stringify({ event_type: eventType, identifier: { destination } }));
