import { fail, ok, type Result } from '../domain/result.js';
import type { StatusReport } from '../transport/ops/status.js';
import type { Silence } from '../triage/unreachable.js';
import { type AdminAddress, askAdmin, isRecord } from './admin.js';

/** A whole answer takes milliseconds; a process that does not have it after so long hangs. */
const TIMEOUT_MS = 5_000;

/** Asks a running process how it stands. */
export async function statusReport(address: AdminAddress): Promise<Result<StatusReport, Silence>> {
  const answer = await askAdmin(address, { path: '/status.json', timeoutMs: TIMEOUT_MS });
  if (!answer.ok) return answer;
  const { status, json } = answer.value;
  if (status !== 200) return fail({ kind: 'other', error: `HTTP ${status}` });
  return isReport(json) ? ok(json) : fail({ kind: 'other', error: 'the answer is not a diagnosis' });
}

function isReport(value: unknown): value is StatusReport {
  if (!isRecord(value) || !isRecord(value['diagnosis']) || !isRecord(value['situation'])) return false;
  const { verdict, summary, findings, figures } = value['diagnosis'];
  return (
    (verdict === 'healthy' || verdict === 'trouble') &&
    typeof summary === 'string' &&
    areTexts(figures) &&
    Array.isArray(findings) &&
    findings.every(isFinding)
  );
}

const FINDING_TEXTS = ['title', 'section', 'cause', 'wrong', 'next'];

const isFinding = (value: unknown): boolean =>
  isRecord(value) &&
  FINDING_TEXTS.every((name) => typeof value[name] === 'string') &&
  areTexts(value['evidence']);

const areTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
