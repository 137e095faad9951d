import { diagnose } from '../../src/cli/diagnose.js';
import type { StatusReport } from '../../src/transport/ops/status.js';

export interface Diagnosed {
  readonly code: number;
  /** What an operator reads. */
  readonly text: string;
  /** What a script reads. */
  readonly report: StatusReport;
}

/** What the command says of the process behind an admin listener, both ways. */
export async function diagnosed(admin: string): Promise<Diagnosed> {
  const said: string[] = [];
  const terminal = {
    out: (line: string) => void said.push(line),
    err: (line: string) => void said.push(line),
    paint: (_style: string, line: string) => line,
    env: {},
  };
  const code = await diagnose({ admin }, terminal);
  await diagnose({ admin, json: true }, terminal);
  const [text = '', json = ''] = said;
  return { code, text, report: JSON.parse(json) };
}
