import { constants, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/**
 * GOAWAY with NO_ERROR that names the highest stream there can be (RFC 9113, 6.8): "open no more streams", said before
 * any stream is turned away. `session.goaway` cannot say it: nghttp2 takes no stream once it has sent one.
 */
const NOTICE = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** A peer that does not answer a ping in this time opens no more streams either, in milliseconds. */
const ROUND_TRIP_MS = 1_000;

/**
 * Ends a connection as RFC 9113, 6.8 describes: the notice; then, once a ping has come back and with it everything that
 * the peer sent before it knew, the GOAWAY that names the last stream. So no call crosses with it and is lost. Resolves
 * when both are said. Calls that have arrived are still answered.
 *
 * @param socket the session's own, which node:http2 hides. Each of its writes is made of whole frames, so that one more
 *   frame may follow any of them.
 */
export async function sayGoodbye(session: ServerHttp2Session, socket: Socket): Promise<void> {
  if (session.destroyed || session.closed) return;
  socket.write(NOTICE);
  await roundTrip(session);
  if (!session.destroyed && !session.closed) session.goaway(constants.NGHTTP2_NO_ERROR);
}

/** Resolves when the peer has answered a ping, is gone, or takes too long. */
function roundTrip(session: ServerHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(patience);
      session.off('close', done);
      resolve();
    };
    const patience = setTimeout(done, ROUND_TRIP_MS);
    session.once('close', done);
    if (!session.ping(done)) done();
  });
}
