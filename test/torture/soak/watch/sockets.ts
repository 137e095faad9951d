import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The file descriptors of a process. */
export interface Descriptors {
  readonly all: number;
  /** Connections that it has accepted, by its own port; closing ones included. */
  readonly accepted: ReadonlyMap<number, number>;
  /** Connections that it has opened, by the peer's port. */
  readonly opened: ReadonlyMap<number, number>;
}

const LISTENS = '0A';

/** @param listening the ports that the process listens on */
export function descriptorsOf(pid: number, listening: readonly number[]): Descriptors {
  const inodes = linksOf(pid);
  const [accepted, opened] = [new Map<number, number>(), new Map<number, number>()];
  for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1)) {
    const [, local = '', remote = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === LISTENS || !inodes.has(inode)) continue;
    const [ours, theirs] = [portOf(local), portOf(remote)];
    const [map, port] = listening.includes(ours) ? [accepted, ours] : [opened, theirs];
    map.set(port, (map.get(port) ?? 0) + 1);
  }
  return { all: inodes.size, accepted, opened };
}

/** What each descriptor is: the inode of a socket, else a name of its own. */
function linksOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`;
  return new Set(
    readdirSync(folder).flatMap((fd) => {
      try {
        const link = readlinkSync(`${folder}/${fd}`);
        return [/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? `fd ${fd}`];
      } catch {
        return []; // closed since the folder was read
      }
    }),
  );
}

const portOf = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);
