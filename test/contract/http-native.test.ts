import { runCases } from './run.js';

await runCases('http');
