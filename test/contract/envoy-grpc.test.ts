import { runCases } from './run.js';

await runCases('envoy_grpc');
