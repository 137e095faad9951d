import { stat } from 'node:fs/promises';

/** What tells one state of a file from another. */
export interface FileMark {
  /** Which file the path leads to, its size and times; or why it leads to none. */
  readonly state: string;
  /** In bytes; 0 for a file that cannot be looked at. */
  readonly size: number;
}

/** Files by their path. */
export type FileMarks = ReadonlyMap<string, FileMark>;

/** By path, so that a symlink that is swapped is seen, too. */
export async function markOf(path: string): Promise<FileMark> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return { state: [dev, ino, size, mtimeNs, ctimeNs].join(':'), size: Number(size) };
  } catch (error) {
    return { state: error instanceof Error && 'code' in error ? String(error.code) : 'unknown', size: 0 };
  }
}

export async function marksOf(paths: Iterable<string>): Promise<FileMarks> {
  return new Map(
    await Promise.all(
      [...paths].map(async (path): Promise<[string, FileMark]> => [path, await markOf(path)]),
    ),
  );
}

export const areAlike = (one: FileMarks, other: FileMarks): boolean =>
  one.size === other.size && [...one].every(([path, { state }]) => other.get(path)?.state === state);
