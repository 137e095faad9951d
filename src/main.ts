#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { DEFAULT_ADMIN } from './cli/admin.js';
import { check } from './cli/check.js';
import { demo } from './cli/demo.js';
import { diagnose } from './cli/diagnose.js';
import { doctor } from './cli/doctor.js';
import { explain } from './cli/explain.js';
import { keys } from './cli/keys.js';
import { sealProcess } from './cli/seal.js';
import { serve } from './cli/serve.js';
import { EXIT, processTerminal } from './cli/terminal.js';
import { validate } from './cli/validate.js';
import { errorTrace } from './observe/error-text.js';
import { packageInfo } from './version.js';

const terminal = processTerminal(sealProcess());
const collect = (value: string, earlier: string[]): string[] => [...earlier, value];
const filesOption = (flags: string, description: string, fallback = 'none'): Option =>
  new Option(flags, description).default([], fallback).argParser(collect);
const configOption = (): Option =>
  filesOption(
    '--config <file>',
    'configuration file; repeat to lay one over another',
    'the file in AVISOSERVER_CONFIG_FILE',
  );
const adminOption = (): Option =>
  new Option('--admin <url>', 'its admin listener: http://HOST:PORT, or the path of a socket').default(
    DEFAULT_ADMIN,
  );
const jsonOption = (): Option => new Option('--json', 'print JSON instead of text');

/** Runs a command and ends with its exit code; null means that it goes on serving. */
function run<O>(command: (options: O) => Promise<number | null>): (options: O) => Promise<void> {
  return async (options) => {
    const code = await command(options);
    if (code !== null) process.exitCode = code;
  };
}

function program(): Command {
  const { name, version } = packageInfo();
  const root = new Command(name)
    .description('Decides who may read which ECPDS destination on the Aviso gateway, for Envoy and nginx.')
    .version(version)
    .showHelpAfterError('(--help says what there is)')
    .exitOverride();
  const withConfig = (command: string, description: string) =>
    root.command(command).description(description).exitOverride().addOption(configOption());

  withConfig('serve', 'serve authorization requests until SIGTERM').action(
    run((options) => serve(options, terminal)),
  );
  withConfig('validate', 'check a configuration: what is gated by which key, and what is risky')
    .addOption(jsonOption())
    .action(run((options) => validate(options, terminal)));
  withConfig(
    'check',
    'ask the ECPDS servers about one user and destination (exit 0 allow, 1 deny, 3 unavailable)',
  )
    .requiredOption('--user <name>', 'the user name, as ECPDS knows it')
    .requiredOption('--event-type <name>', 'a gated event type')
    .requiredOption('--destination <name>', 'the destination')
    .addOption(jsonOption())
    .action(run((options) => check(options, terminal)));
  withConfig(
    'keys',
    'ask every key provider: status, latency, keys and their ids (exit 0 all usable, 3 not all)',
  )
    .addOption(jsonOption())
    .action(run((options) => keys(options, terminal)));
  root
    .command('doctor')
    .description(
      'read the configuration of a proxy: what opens the gate or breaks requests (exit 0 nothing, 1 something, 2 cannot tell)',
    )
    .exitOverride()
    .addOption(filesOption('--envoy <file>', 'of Envoy, YAML or JSON; repeat when it is in several files'))
    .option('--nginx <file>', 'of nginx; what it includes is read, too')
    .addOption(
      filesOption('--config <file>', 'of the authorizer, for its time limit (30 s without); repeatable'),
    )
    .addOption(jsonOption())
    .action(run((options) => doctor(options, terminal)));
  root
    .command('diagnose')
    .description(
      'say what is wrong with a running process, and what to run next (exit 0 healthy, 1 trouble, 3 no answer)',
    )
    .exitOverride()
    .addOption(adminOption())
    .addOption(jsonOption())
    .action(run((options) => diagnose(options, terminal)));
  root
    .command('explain')
    .description(
      'ask a running process about one user and destination: its cache, and a fresh look (exit 0 allow, 1 deny, 3 unavailable)',
    )
    .exitOverride()
    .requiredOption('--user <name>', 'the user name, as in the token')
    .requiredOption('--destination <name>', 'the destination in canonical form, as ECPDS lists it')
    .option('--realm <name>', 'the realm, as in the token; left out: none')
    .option('--issuer <url>', 'the issuer of a key provider; left out: a token of Aviso')
    .addOption(adminOption())
    .option(
      '--token-file <file>',
      'a file with sidecar.recheck_token, for a listener that is not on loopback',
    )
    .addOption(jsonOption())
    .action(run((options) => explain(options, terminal)));
  root
    .command('demo')
    .description('show it at work: two stand-in ECPDS servers, a gateway, the sidecar and a real Envoy')
    .exitOverride()
    .option('--once', 'end after the requests instead of staying up')
    .action(run((options) => demo(options, terminal)));
  return root;
}

try {
  await program().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    terminal.err(`a fault of this program: ${errorTrace(error)}`);
    process.exit(EXIT.failed);
  }
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}
