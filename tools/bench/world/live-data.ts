import { writeFileSync } from 'node:fs';
import { heldBytes } from './held.js';

/**
 * Loaded into a process with `--expose-gc --import`: at SIGUSR2 it collects the garbage and writes how many bytes
 * are held to the file named in this module's URL.
 */
const file = new URL(import.meta.url).searchParams.get('file');
if (file === null) throw new Error('needs the name of a file');

process.on('SIGUSR2', () => writeFileSync(file, `${heldBytes()}\n`));
