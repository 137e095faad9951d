import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is in the files of a mount, by name. */
export type Files = Readonly<Record<string, string>>;

/**
 * A folder as Kubernetes mounts a ConfigMap or a Secret: each name is a symlink into `..data`, which is a symlink to a
 * folder with the files; an update makes a new folder and renames a new `..data` over the old one.
 */
export class Mount {
  #version = 0;

  private constructor(
    readonly folder: string,
    private files: Files,
  ) {}

  static async with(files: Files): Promise<Mount> {
    const mount = new Mount(await mkdtemp(join(tmpdir(), 'aviso-reloads-')), files);
    await mount.swap(files);
    for (const name of Object.keys(files)) await symlink(join('..data', name), mount.path(name));
    return mount;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** An update as Kubernetes makes it: all files change at once. */
  async swap(changes: Files): Promise<void> {
    this.files = { ...this.files, ...changes };
    const before = `..version-${this.#version}`;
    this.#version += 1;
    const folder = `..version-${this.#version}`;
    await mkdir(this.path(folder));
    for (const [name, text] of Object.entries(this.files))
      await writeFile(join(this.path(folder), name), text);
    await symlink(folder, this.path('..data_tmp'));
    await rename(this.path('..data_tmp'), this.path('..data'));
    await rm(this.path(before), { recursive: true, force: true });
  }

  /** Writes into the file that is there. */
  async write(name: string, text: string): Promise<void> {
    this.files = { ...this.files, [name]: text };
    await writeFile(this.path(name), text);
  }

  /** Writes beside, and renames over. */
  async replace(name: string, text: string): Promise<void> {
    this.files = { ...this.files, [name]: text };
    const real = join(this.path('..data'), name);
    await writeFile(`${real}.new`, text);
    await rename(`${real}.new`, real);
  }

  async vanish(name: string): Promise<void> {
    await rm(join(this.path('..data'), name), { recursive: true });
  }

  /** A folder where the file was: unreadable for any user, root included. */
  async obstruct(name: string): Promise<void> {
    await this.vanish(name);
    await mkdir(join(this.path('..data'), name));
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8');
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
