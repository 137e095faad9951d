import { connect, type Socket } from 'node:net';

/** A hostile connection: it never closes its half, and shows what came. */
export interface Peer {
  readonly socket: Socket;
  /** Everything that came, a character a byte. */
  text(): string;
  /** Whether the other side has ended or closed. */
  isOver(): boolean;
  /** Resolves when it has, or when so many milliseconds have passed; true when it has. */
  over(withinMs: number): Promise<boolean>;
  /** Writes pieces one after the other, each in a packet of its own where the system lets it. */
  dribble(pieces: readonly (string | Buffer)[]): Promise<void>;
}

const KEPT_BYTES = 4 * 1024 * 1024;

export async function openPeer(port: number): Promise<Peer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  let text = '';
  let isOver = false;
  const over = new Promise<true>((resolve) => {
    const end = (): void => {
      isOver = true;
      resolve(true);
    };
    socket.once('end', end).once('close', end);
  });
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    text = (text + data.toString('latin1')).slice(-KEPT_BYTES);
  });
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return {
    socket,
    text: () => text,
    isOver: () => isOver,
    over: (withinMs) => Promise.race([over, pause(withinMs).then(() => isOver)]),
    async dribble(pieces) {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
        await pause(0);
      }
    },
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Writes until so many bytes were given to the system or the connection is over, and never lets more than a few MB wait. */
export async function flood(peer: Peer, piece: Buffer, times: number): Promise<void> {
  for (let i = 0; i < times && !peer.socket.destroyed; i++) {
    if (!peer.socket.write(piece)) await drained(peer.socket);
  }
}

/** Not for ever: who is flooded may stop reading. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(patience);
      socket.off('drain', done).off('close', done);
      resolve();
    };
    const patience = setTimeout(done, 1_000);
    socket.once('drain', done).once('close', done);
  });
}

/** Cuts a text at so many places of the chance given. */
export function cut(text: string, places: number, random: () => number): string[] {
  const at = Array.from({ length: places }, () => Math.floor(random() * text.length)).sort((a, b) => a - b);
  return [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length)).filter((piece) => piece !== '');
}
