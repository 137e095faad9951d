import { setTimeout as pause } from 'node:timers/promises';
import type { LoadedConfig } from '../config/load.js';
import type { Problem } from '../config/problem.js';
import type { Result } from '../domain/result.js';
import { areAlike, type FileMark, type FileMarks, markOf, marksOf } from './file-marks.js';

/** Notes how a file stands; to be called before it is read. */
export type NoteFile = (path: string) => Promise<void>;

export interface ReloaderOptions {
  /** Reads the configuration, and tells each file before it reads it. */
  readonly load: (note: NoteFile) => Promise<Result<LoadedConfig, readonly Problem[]>>;
  readonly taken: (loaded: LoadedConfig) => void;
  readonly refused: (problems: readonly Problem[]) => void;
  /** What was thrown while a configuration was read or taken over. */
  readonly broke: (cause: unknown) => void;
  /** How often files are looked at, in milliseconds. */
  readonly intervalMs: number;
  /** How long files must have stayed as they are before they are read, in milliseconds. */
  readonly settleMs: number;
}

/** So many looks at files that change between two, and no more. */
const MAX_LOOKS = 20;

/**
 * Reloads a configuration when it is asked to, or a file of it has changed. A file is read when it has not changed for a
 * while, and not taken if it changed meanwhile: half of a file is often a valid configuration, and may gate less.
 */
export class Reloader {
  /** The files of the last attempt, as they were before they were read. */
  #marks: FileMarks;
  /** Those of the configuration that runs. */
  #taken: FileMarks;
  #asked = false;
  #running = false;
  #closed = false;
  readonly #timer: NodeJS.Timeout;

  /** @param marks the files of the configuration that runs, as they were before they were read */
  constructor(
    private readonly options: ReloaderOptions,
    marks: FileMarks,
  ) {
    this.#marks = marks;
    this.#taken = marks;
    this.#timer = setInterval(() => void this.#look(), options.intervalMs).unref();
  }

  /** Whoever asks before the files are read is served by the same attempt. */
  request(): void {
    this.#asked = true;
    if (!this.#running) void this.#run();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#running) return;
    const now = await marksOf(this.#marks.keys());
    if (!areAlike(now, this.#marks)) this.request();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#asked && !this.#closed) await this.#attempt().catch((cause: unknown) => this.#broke(cause));
    this.#running = false;
  }

  /** A bug in one attempt ends neither the process nor the next attempt, which waits for another change. */
  async #broke(cause: unknown): Promise<void> {
    this.options.broke(cause);
    this.#marks = await marksOf(this.#marks.keys());
  }

  async #attempt(): Promise<void> {
    for (let look = 0; look < MAX_LOOKS && !this.#closed; look++) {
      if (!(await this.#hasSettled())) continue;
      this.#asked = false;
      const marks = new Map<string, FileMark>();
      const loaded = await this.options.load(async (path) => void marks.set(path, await markOf(path)));
      if (areAlike(marks, await marksOf(marks.keys()))) return this.#finish(loaded, marks);
    }
    this.#asked = false;
    if (!this.#closed) this.options.refused([UNSETTLED]);
  }

  async #hasSettled(): Promise<boolean> {
    const before = await marksOf(this.#marks.keys());
    await pause(this.options.settleMs);
    return areAlike(before, await marksOf(this.#marks.keys()));
  }

  #finish(loaded: Result<LoadedConfig, readonly Problem[]>, marks: FileMarks): void {
    if (this.#closed) return;
    const emptied = [...marks].filter(([path, { size }]) => size === 0 && this.#sizeTaken(path) > 0);
    if (!loaded.ok) this.options.refused(loaded.failure);
    else if (emptied.length > 0) this.options.refused(emptied.map(([path]) => ({ path, ...EMPTIED })));
    else {
      this.options.taken(loaded.value);
      this.#taken = marks;
      this.#marks = marks;
      return;
    }
    // Files that the attempt did not get to still belong to the configuration that runs.
    this.#marks = new Map([...this.#marks, ...marks]);
  }

  #sizeTaken(path: string): number {
    return this.#taken.get(path)?.size ?? 0;
  }
}

const UNSETTLED: Problem = {
  path: 'configuration',
  problem: 'its files keep changing while they are read',
  cure: 'files that are written once, or beside and renamed',
};
const EMPTIED = {
  problem: 'the file has become empty',
  cure: 'its content; a file that is to set nothing holds `{}`',
};
