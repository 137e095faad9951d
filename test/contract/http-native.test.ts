import { runCases } from './run.js';

await runCases('http', async (world) => ({ port: world.port, close: async () => undefined }));
