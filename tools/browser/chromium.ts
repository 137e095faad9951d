import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { ChromiumFound } from '../proxies/chromium-binary.js';
import { Protocol } from './protocol.js';
import { Tab, type TabOptions } from './tab.js';

/** A browser that runs, with a profile of its own. */
export interface Browser {
  /** A tab that nothing has been opened in. */
  tab(options: TabOptions): Promise<Tab>;
  close(): Promise<void>;
}

/** No window, no profile that stays, nothing asked of the network but what a page asks for. */
const FLAGS = [
  '--headless',
  // Root has no other way, and what is opened are pages of our own.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
  '--remote-debugging-pipe',
];

/** Starts a Chromium. Rejects when it does not answer. */
export async function startChromium(found: ChromiumFound & { readonly ok: true }): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'authz-chromium-'));
  const child = spawn(found.binary, [...FLAGS, `--user-data-dir=${profile}`], {
    env: { ...found.env, HOME: profile, XDG_CACHE_HOME: profile },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const protocol = protocolOf(child);
  return {
    tab: (options) => Tab.open(protocol, options),
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function protocolOf(child: ChildProcess): Protocol {
  const [, , , commands, answers] = child.stdio;
  if (!(commands instanceof Writable) || !(answers instanceof Readable))
    throw new Error('Chromium was started without its pipes');
  commands.on('error', () => {}); // It has ended, which whoever waits for an answer is told.
  return new Protocol(commands, answers);
}
