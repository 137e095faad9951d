import { runCases } from './run.js';

await runCases('nginx');
