import { SERVICE_ACCOUNT } from '../../../src/demo/ecpds.js';
import { JWT_SECRET } from './users.js';

export interface SidecarSetup {
  readonly ecpdsPorts: readonly number[];
  /** `ecpds.max_entries`; the default of the program unless given. */
  readonly maxEntries?: number;
}

export interface Ports {
  readonly http: number;
  /** Null leaves gRPC off. */
  readonly grpc: number | null;
  readonly admin: number;
}

/** An ordinary configuration: one gated stream, trusted proxy, everything else at its default. */
export function configurationOf({ ecpdsPorts, maxEntries }: SidecarSetup, ports: Ports): unknown {
  const at = (port: number) => ({ host: '127.0.0.1', port });
  return {
    auth: {
      enabled: true,
      mode: 'trusted_proxy',
      jwt_secret: JWT_SECRET,
      admin_roles: { ecmwf: ['admin'] },
    },
    ecpds: {
      ...SERVICE_ACCOUNT,
      servers: ecpdsPorts.map((port) => `http://127.0.0.1:${port}`),
      match_key: 'destination',
      cache_ttl_seconds: 3600, // nothing expires while it is measured
      ...(maxEntries === undefined ? {} : { max_entries: maxEntries }),
    },
    notification_schema: {
      dissemination: {
        topic: { base: 'diss', key_order: ['destination', 'class'] },
        auth: { required: true, plugins: ['ecpds'] },
        identifier: {
          destination: { type: 'StringHandler', required: true },
          class: { type: 'StringHandler', max_length: 2, required: false },
        },
      },
    },
    sidecar: {
      http: at(ports.http),
      grpc: ports.grpc === null ? null : at(ports.grpc),
      admin: at(ports.admin),
      drain_seconds: 0,
    },
  };
}
