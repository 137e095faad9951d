import { writeFileSync } from 'node:fs';
import { heldBytes } from './held.js';

/**
 * Loaded into a process with `--expose-gc --import`: at SIGWINCH it collects the garbage and writes how many bytes
 * are held to the file named in this module's URL.
 */
const file = new URL(import.meta.url).searchParams.get('file');
if (file === null) throw new Error('needs the name of a file');

// A signal that the sidecar does not take for its end, as it does SIGUSR2.
process.on('SIGWINCH', () => writeFileSync(file, `${heldBytes()}\n`));
