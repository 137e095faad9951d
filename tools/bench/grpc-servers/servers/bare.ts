/** The bare Fastify route over HTTP: the measure of the other benchmarks, in a process of its own. */
import '../../world/static-http.js';
