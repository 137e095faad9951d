import { readFile as readBytes } from 'node:fs/promises';
import { fail, ok, type Result } from '../domain/result.js';

export type ReadFile = (path: string) => Promise<string> | string;

/** Reads files and remembers which. */
export interface Files {
  /** The content, or why it cannot be had, as the end of a sentence about the file. */
  read(path: string): Promise<Result<string, string>>;
  /** The files that were read, in order. */
  readonly sources: readonly string[];
}

/** @param onRead is told each file before it is read, whether or not it can be */
export function filesRead(
  readFile: ReadFile = readUtf8,
  onRead: (path: string) => Promise<void> = async () => undefined,
): Files {
  const sources: string[] = [];
  return {
    sources,
    async read(path) {
      if (path === '') return fail('has an empty name');
      await onRead(path);
      try {
        const content = await readFile(path);
        sources.push(path);
        return ok(content);
      } catch (error) {
        return fail(reason(error));
      }
    },
  };
}

/** Bytes that are not UTF-8 are refused: replaced ones would make another secret. */
async function readUtf8(path: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(path));
}

const REASONS = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'does not exist'],
  ['EACCES', 'may not be read by this user'],
  ['EPERM', 'may not be read by this user'],
  ['EISDIR', 'is a folder'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'is not UTF-8'],
]);

function reason(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return (typeof code === 'string' && REASONS.get(code)) || 'cannot be read';
}
