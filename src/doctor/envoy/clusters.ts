import type { Part } from './part.js';

/** Clusters by name, and which of them are the same servers. */
export interface Clusters {
  named(name: string): Part | null;
  /** The names of all clusters that share an endpoint with one of these, these included. */
  sameAs(names: ReadonlySet<string>): Set<string>;
}

export function clustersOf(parts: readonly Part[]): Clusters {
  const nameOf = (cluster: Part): string => cluster.at('name').text ?? '';
  return {
    named: (name) => parts.find((cluster) => nameOf(cluster) === name) ?? null,
    sameAs: (names) => {
      const addresses = new Set(parts.filter((part) => names.has(nameOf(part))).flatMap(endpoints));
      const twins = parts.filter((part) => endpoints(part).some((address) => addresses.has(address)));
      return new Set([...names, ...twins.map(nameOf)]);
    },
  };
}

/** Addresses of a cluster's endpoints, for comparing. */
export function endpoints(cluster: Part): string[] {
  return cluster
    .at('load_assignment', 'endpoints')
    .items.flatMap((locality) => locality.at('lb_endpoints').items)
    .map((endpoint) => addressOf(endpoint.at('endpoint', 'address')))
    .filter((address) => address !== '');
}

function addressOf(address: Part): string {
  const host = address.at('socket_address', 'address').text;
  const port = address.at('socket_address', 'port_value').text;
  if (host !== null) return `${host === 'localhost' ? '127.0.0.1' : host}:${port}`;
  return address.at('pipe', 'path').text ?? '';
}

/** `HttpProtocolOptions` of a cluster: what it speaks to its endpoints. */
export const protocolOptions = (cluster: Part): Part =>
  cluster.at('typed_extension_protocol_options', 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions');

/** Whether a cluster speaks HTTP/2 to its endpoints, whatever the client spoke. */
export function speaksHttp2(cluster: Part): boolean {
  const options = protocolOptions(cluster);
  return (
    options.at('explicit_http_config', 'http2_protocol_options').isThere ||
    options.at('auto_config').isThere ||
    cluster.at('http2_protocol_options').isThere
  );
}
