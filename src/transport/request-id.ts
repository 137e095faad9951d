import { randomUUID } from 'node:crypto';

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,128}$/;

/** The proxy's `X-Request-ID` where it is fit to stand in logs and headers, else a new one (contract section 6). */
export function requestIdFrom(header: string | null): string {
  return header !== null && ACCEPTABLE.test(header) ? header : randomUUID();
}
