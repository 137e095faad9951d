/**
 * What Aviso does with a method and a request-target (contract section 2, "Routes"). `open`: the contract does not say, so
 * that not gating it and refusing it are both right; it is never a gated route.
 */
export type RouteTruth = 'watch' | 'replay' | 'ungated' | 'open' | 'none';

/** Aviso's own routes and the method they are for. */
const OWN: ReadonlyMap<string, string> = new Map([
  ['/', 'GET'],
  ['/health', 'GET'],
  ['/api/v1/notification', 'POST'],
  ['/api/v1/schema', 'GET'],
]);
/** Everything below these is Aviso's as well, or may be. */
const SURE_FOLDER = '/api/v1/schema/';
const FOLDERS = [SURE_FOLDER, '/api/v1/admin/', '/static/', '/swagger-ui/', '/api-docs/'];

export function routeTruth(method: string, target: string): RouteTruth {
  const [before = ''] = target.split('?', 1);
  if (!before.startsWith('/')) return 'none';
  const path = unreservedDecoded(before);
  if (path === '/api/v1/watch') return method === 'POST' ? 'watch' : 'none';
  if (path === '/api/v1/replay') return method === 'POST' ? 'replay' : 'none';
  const ownMethod = OWN.get(path);
  if (ownMethod !== undefined) return ownMethod === method ? 'ungated' : 'open';
  const folder = FOLDERS.find((start) => path.startsWith(start));
  if (folder === undefined) return 'none';
  const segments = path.slice(folder.length).split('/');
  if (segments.some(mayLeadElsewhere)) return 'none';
  const isSure = folder === SURE_FOLDER && method === 'GET' && segments.length === 1;
  return isSure && /^[A-Za-z0-9_-]+$/.test(segments[0] ?? '') ? 'ungated' : 'open';
}

/** Letters, digits and four marks are the same whether they are encoded or not (RFC 3986, section 2.3). */
const unreservedDecoded = (path: string): string =>
  path.replace(/%[0-9a-fA-F]{2}/g, (encoded) => {
    const char = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(char) ? char : encoded;
  });

/** Nothing, a dot, two dots, or what some reader takes for the end of a segment or of a text. */
function mayLeadElsewhere(segment: string): boolean {
  const decoded = segment.replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return ['', '.', '..'].includes(decoded) || ['/', '\\', '\0'].some((char) => decoded.includes(char));
}
