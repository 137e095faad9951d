import { connect, type Socket } from 'node:net';

/** A connection to loopback whose end is never closed by us, whatever the other side does. */
export interface StubbornPeer {
  readonly socket: Socket;
  /** What came so far, a character a byte. */
  text(): string;
  /** Resolves once the other side has said that it will send no more. */
  readonly ended: Promise<void>;
}

export async function stubbornPeer(port: number): Promise<StubbornPeer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    text += data.toString('latin1');
  });
  const ended = new Promise<void>((resolve) => socket.once('end', resolve).once('close', () => resolve()));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, text: () => text, ended };
}

/** Resolves once the other side has closed; who does not close himself finds that out by sending on. */
export async function closedByPeer(socket: Socket, bytes: Uint8Array = Buffer.of(0x78)): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const writing = setInterval(() => socket.writableLength < 1e6 && socket.write(bytes), 10);
  await closed;
  clearInterval(writing);
}
