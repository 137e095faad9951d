import { HeaderValueOption_HeaderAppendAction } from '../../../src/grpc/gen/envoy/config/core/v3/base.js';
import {
  CheckRequest,
  type CheckResponse,
} from '../../../src/grpc/gen/envoy/service/auth/v3/external_auth.js';
import { bearerOf, userName } from '../world/users.js';

const USER = userName(1);
/** What the client asks. */
export const WATCH_BODY =
  '{"event_type":"dissemination","identifier":{"destination":"DST00000","class":"od"}}';

/** A check as Envoy writes it for a watch request: eight headers, byte by byte, and a body of 80 bytes and a few. */
export function checkBytes(): Uint8Array {
  const headers = Object.entries(HEADERS).map(([key, value]) => ({
    key,
    value: '',
    rawValue: Buffer.from(value),
  }));
  const http = {
    id: '1234567890123456789',
    method: 'POST',
    path: '/api/v1/watch',
    host: 'gateway.example',
    scheme: 'https',
    protocol: 'HTTP/2',
    headers: new Map<string, string>(),
    headerMap: { headers },
    body: '',
    rawBody: Buffer.from(WATCH_BODY),
  };
  return CheckRequest.encode({ attributes: { request: { http }, contextExtensions: ROUTE } }).finish();
}

const HEADERS = {
  ':method': 'POST',
  ':authority': 'gateway.example',
  ':scheme': 'https',
  ':path': '/api/v1/watch',
  'content-type': 'application/json',
  authorization: bearerOf(USER),
  'x-forwarded-proto': 'https',
  'x-request-id': '8ea7fd0b-3ff2-4b5c-a1d2-5f0e6d0d3c11',
};

const ROUTE = new Map([['operation', 'watch']]);

/** Who the constant answer is about. */
export const IDENTITY = { username: USER, realm: 'ecmwf' };

/** What the gateway is told, and what it must not be told by anybody else. */
export const TO_GATEWAY = [
  ['x-aviso-user', IDENTITY.username],
  ['x-aviso-realm', IDENTITY.realm],
] as const;
export const REMOVED = ['x-aviso-decision'];
const OVERWRITE = HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD;

/** The constant answer in the form of the messages that we use: an allow that names the user. */
export function allow(): CheckResponse {
  const headers = TO_GATEWAY.map(([key, value]) => ({
    header: { key, value, rawValue: NOTHING },
    appendAction: OVERWRITE,
  }));
  const value = { headers, headersToRemove: REMOVED, responseHeadersToAdd: [] };
  return { status: { code: 0, message: '' }, httpResponse: { $case: 'okResponse', value } };
}
const NOTHING = new Uint8Array();

/** The same in the form of `@bufbuild/protobuf`. */
export function allowReflected() {
  const headers = TO_GATEWAY.map(([key, value]) => ({ header: { key, value }, appendAction: OVERWRITE }));
  return {
    status: { code: 0 },
    httpResponse: { case: 'okResponse', value: { headers, headersToRemove: REMOVED } },
  };
}

/** The same in the form of `@grpc/proto-loader`. */
export function allowLoaded() {
  const headers = TO_GATEWAY.map(([key, value]) => ({ header: { key, value }, append_action: OVERWRITE }));
  return { status: { code: 0 }, ok_response: { headers, headers_to_remove: REMOVED } };
}
