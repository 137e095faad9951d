import { createHmac } from 'node:crypto';
import type { Sender, Step } from './scenario.js';

/** What a client of the demo saw. */
export interface Seen {
  readonly status: number;
  /** The error code of a refusal, or the first event of a stream. */
  readonly detail: string;
}

const TOKEN_SECONDS = 3600;
const ROLES: Readonly<Record<Sender, readonly string[]>> = {
  alice: [],
  bob: [],
  admin: ['admin'],
  nobody: [],
  forger: ['admin'],
};

/** A token such as auth-o-tron would issue; null for whoever has none. */
export function tokenFor(sender: Sender, jwtSecret: string): string | null {
  if (sender === 'nobody') return null;
  const exp = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
  const claims = { username: sender, realm: 'ecmwf', roles: ROLES[sender], exp };
  const signed = [{ typ: 'JWT', alg: 'HS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const secret = sender === 'forger' ? 'not the shared secret' : jwtSecret;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Sends a step's request and reads as much of the answer as shows what it is; a stream is then closed. */
export async function send(step: Step, baseUrl: string, jwtSecret: string): Promise<Seen> {
  const token = tokenFor(step.sender, jwtSecret);
  const abort = new AbortController();
  const response = await fetch(`${baseUrl}${step.path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: step.body,
    signal: abort.signal,
  });
  const detail = await firstWords(response);
  abort.abort();
  return { status: response.status, detail };
}

async function firstWords(response: Response): Promise<string> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (!isStream) return codeOf(await response.text());
  for await (const chunk of response.body ?? []) {
    return /^data: (.*)$/m.exec(Buffer.from(chunk).toString('utf8'))?.[1] ?? 'stream';
  }
  return 'an empty stream';
}

function codeOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const isCoded = typeof body === 'object' && body !== null && 'code' in body;
    return isCoded ? String(body.code) : text;
  } catch {
    return text === '' ? 'no body' : text;
  }
}
