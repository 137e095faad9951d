import type { Mutant } from '../mutants/mutant.js';

/** Programs that let out what they should keep to themselves. */
export const SECRETS_MUTANTS: readonly Mutant[] = (
  [
    {
      name: 'the error of a failed fetch has the credentials in it',
      file: 'src/checker/server.js',
      find: ': fail(networkFailure(answer.failure));',
      replace: ": fail({ ...networkFailure(answer.failure), error: 'sent ' + basicAuth(settings) });",
    },
    {
      name: 'a refusal is logged with the Authorization header',
      file: 'src/observe/recorder.js',
      find: 'path: pathOf(context.request.target),',
      replace: 'path: pathOf(context.request.target), authorization: context.request.authorization,',
    },
    {
      name: 'the path of a refusal is logged as it came',
      file: 'src/observe/recorder.js',
      find: 'path: pathOf(context.request.target),',
      replace: 'path: context.request.target,',
    },
    {
      name: "a fetched list is logged with the user's destinations",
      file: 'src/observe/recorder.js',
      find: "step('fetchSucceeded', context, at);",
      replace: "step('fetchSucceeded', context, { ...at, names: report.result.value.names });",
    },
    {
      name: 'the configuration is shown with the password',
      file: 'src/config/redact.js',
      find: 'return { ...ecpds, password: REDACTED, servers',
      replace: 'return { ...ecpds, servers',
    },
    {
      name: 'a problem with a text quotes the text',
      file: 'src/config/text-rules.js',
      find: "problemAt(path, 'has blanks around it', cure)",
      replace: "problemAt(path, 'has blanks around it: ' + text, cure)",
    },
    {
      name: 'a span has the URL as it came, with its query',
      file: 'src/tracing/describe.js',
      find: "const common = { 'aviso.transport': transport,",
      replace: "const common = { 'url.full': target, 'aviso.transport': transport,",
    },
    {
      name: 'a client is told what ECPDS did',
      file: 'src/transport/answer.js',
      find: "message: 'ECPDS service is inaccessible'",
      replace: "message: 'ECPDS service is inaccessible: ' + decision.fetchOutcome",
    },
    {
      name: 'an allow repeats the token for the gateway in a header of its own',
      file: 'src/transport/answer.js',
      find: "headers['authorization'] = authorization;",
      replace: "headers['authorization'] = headers['x-aviso-token'] = authorization;",
    },
    {
      name: 'an exception that nobody caught is logged with its message',
      file: 'src/cli/serve.js',
      find: '{ error: errorTrace(err) }',
      replace: '{ error: err.stack ?? String(err) }',
    },
    {
      name: 'settings stay in the environment of the process',
      file: 'src/cli/seal.js',
      find: 'const env = { ...process.env };',
      replace: 'return process.env;',
    },
    {
      name: 'SIGUSR1 opens the inspector',
      file: 'src/cli/seal.js',
      find: "process.on('SIGUSR1', () => undefined);",
      replace: '',
    },
  ] as const
).map((mutant) => ({ ...mutant, caughtBy: 'secrets' }));
