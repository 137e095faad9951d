import { createHttpClient } from '../http/client.js';
import { fetchKeys, type KeyFetch } from '../identity/jwks/fetch-keys.js';
import { KEY_CONNECT_TIMEOUT_MS, type ProviderSettings } from '../identity/jwks/settings.js';
import { providerSettings } from '../key-providers.js';
import { loadForCommand } from './configuration.js';
import { EXIT, type Terminal, table } from './terminal.js';

export interface KeysOptions {
  readonly config: readonly string[];
  readonly json?: boolean;
}

interface Probe {
  readonly provider: ProviderSettings;
  readonly fetched: KeyFetch;
  readonly latencyMs: number;
}

/** Asks every key provider as the sidecar does, and prints what each said. */
export async function keys(options: KeysOptions, terminal: Terminal): Promise<number> {
  const loaded = await loadForCommand(options.config, terminal);
  if (loaded === null) return EXIT.usage;
  const providers = providerSettings(loaded.config.sidecar.identity);
  if (providers.length === 0) {
    terminal.err(
      terminal.paint('red', 'no key providers are configured: `sidecar.identity.providers` is empty'),
    );
    return EXIT.usage;
  }
  const client = createHttpClient({ connectTimeoutMs: KEY_CONNECT_TIMEOUT_MS, ca: loaded.ca });
  try {
    const probes = await Promise.all(providers.map((provider) => probe(provider, client.fetch)));
    terminal.out(options.json ? JSON.stringify(probes.map(rowOf), null, 2) : asText(probes, terminal));
    return probes.every(({ fetched }) => fetched.result.ok) ? EXIT.ok : EXIT.unavailable;
  } finally {
    await client.close();
  }
}

async function probe(provider: ProviderSettings, fetch: Parameters<typeof fetchKeys>[2]): Promise<Probe> {
  const startedAt = performance.now();
  const fetched = await fetchKeys(provider, null, fetch);
  return { provider, fetched, latencyMs: Math.round(performance.now() - startedAt) };
}

/** What one provider said; the number of keys is null when it gave no usable set. */
function rowOf({ provider, fetched, latencyMs }: Probe) {
  const { status, result, jwksUri } = fetched;
  return {
    oidc_provider: provider.name,
    jwks_uri: jwksUri?.href ?? null,
    status,
    latency_ms: latencyMs,
    keys: result.ok ? result.value.keys.length : null,
    kids: result.ok ? result.value.keys.map(({ kid }) => kid) : [],
    skipped: result.ok ? result.value.skipped : [],
    outcome: result.ok ? 'success' : result.failure.outcome,
    error: result.ok ? null : result.failure.error,
  };
}

function asText(probes: readonly Probe[], terminal: Terminal): string {
  const heading = ['provider', 'status', 'latency', 'keys', 'outcome'];
  const rows = probes.map(rowOf);
  const cells = rows.map((row) => [
    row.oidc_provider,
    `${row.status ?? '-'}`,
    `${row.latency_ms} ms`,
    `${row.keys ?? '-'}`,
    row.error === null ? row.outcome : `${row.outcome} (${row.error})`,
  ]);
  const details = rows.flatMap((row) => [
    '',
    terminal.paint('bold', `${row.oidc_provider}: ${row.jwks_uri ?? 'nobody knows where its keys are'}`),
    ...row.kids.map((kid) => `  ${kid === null ? '(no kid)' : printable(kid)}`),
    ...row.skipped.map((reason) => terminal.paint('dim', `  (a key left out: ${reason})`)),
  ]);
  return [table([heading, ...cells]), ...details].join('\n');
}

/** An id as it is when it is plain, else as JSON without what a terminal might obey. */
const printable = (kid: string): string =>
  /^[\x21-\x7e]+$/.test(kid) ? kid : JSON.stringify(kid).replace(/[^\x20-\x7e]/g, '?');
