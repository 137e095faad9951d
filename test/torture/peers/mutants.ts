import type { Mutant } from '../mutants/mutant.js';

const HTTP = 'src/transport/http-listener.js';
const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file,
  find,
  replace,
  caughtBy: 'peers',
});

/** Sidecars that are soft on their peers. */
export const PEERS_MUTANTS: readonly Mutant[] = [
  mutant(
    'nobody looks whether a head arrives in time',
    HTTP,
    'connectionsCheckingInterval: lookMs',
    'connectionsCheckingInterval: 3_600_000',
  ),
  mutant('a body may take as long as it likes', HTTP, 'requestTimeout: receiveMs', 'requestTimeout: 0'),
  mutant(
    'a request to the admin listener may take as long as it likes',
    'src/transport/ops/route.js',
    'requestTimeout: receiveMs',
    'requestTimeout: 0',
  ),
  mutant(
    'a body may be of any size',
    'src/transport/http-body.js',
    'body.size + chunk.length > maxBytes',
    'false',
  ),
  mutant(
    'large requests take all the memory there is',
    'src/net/collector.js',
    'bytes > this.#left',
    'false',
  ),
  mutant(
    'every piece of a message is kept as an object',
    'src/net/collector.js',
    'const size = this.#size + piece.length;',
    'const size = this.#size + piece.length; (this.kept ??= []).push(Buffer.from(piece), {}, {}, {}, new Uint8Array(200));',
  ),
  mutant(
    'framing that two programs read in two ways is tolerated',
    HTTP,
    'requireHostHeader: false',
    'requireHostHeader: false, insecureHTTPParser: true',
  ),
  mutant('headers may be of 11 MB', HTTP, 'MAX_HEADER_BYTES = 80 * 1024', 'MAX_HEADER_BYTES = 11_000_000'),
  mutant(
    'headers beyond the thousandth are not read',
    HTTP,
    'server.maxHeadersCount = 0',
    'server.maxHeadersCount = 1000',
  ),
  mutant(
    'the length of a gRPC message is not looked at',
    'src/grpc/frame.js',
    'this.#expected > PREFIX_BYTES + MAX_MESSAGE_BYTES',
    'false',
  ),
  mutant(
    'a connection has any number of streams',
    'src/grpc/server.js',
    'maxConcurrentStreams: 1000',
    'maxConcurrentStreams: 1_000_000',
  ),
  mutant(
    'whoever does not speak HTTP/2 may stay',
    'src/grpc/sessions.js',
    'session.destroyed || !hasBegun',
    'session.destroyed',
  ),
  mutant(
    'whoever does not close or read may stay',
    'src/net/stalled-peers.js',
    'seen.looks >= (socket.writableEnded ? lingerLooks : untakenLooks)',
    'false',
  ),
  mutant('an answer that is not taken is kept', 'src/grpc/unary.js', 'if (wasAnswered) {', 'if (false) {'),
  mutant(
    'admin paths are served on the decision port',
    HTTP,
    'const serve = (message, response) =>',
    "const serve = (message, response) => message.url === '/healthz' ? response.writeHead(200).end('{}') :",
  ),
  mutant(
    'requests on one connection share what is decided',
    HTTP,
    'this.options.decide(request).then(',
    '(this.incoming.socket.shared ??= this.options.decide(request)).then(',
  ),
];
