import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One span as OTLP/JSON has it, its attributes as a plain object. */
export interface ReceivedSpan {
  readonly name: string;
  /** 2: server, 3: client. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly attributes: Record<string, unknown>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 2: error. */
  readonly status: number;
}

/** A receiver of OTLP over HTTP on loopback. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** The attributes of the process that sent last. */
  resource: Record<string, unknown>;
  /** The headers of each export. */
  readonly headers: IncomingHttpHeaders[];
  /** The bodies as they came. */
  readonly bodies: string[];
  /** What it answers with; `hang`: nothing. */
  answer: number | 'hang';
  close(): Promise<void>;
}

export async function startOtlp(): Promise<OtlpReceiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      receiver.headers.push(request.headers);
      receiver.bodies.push(body);
      if (receiver.answer === 'hang') return;
      if (request.url === '/v1/traces' && receiver.answer === 200) take(receiver, JSON.parse(body));
      response.writeHead(request.url === '/v1/traces' ? receiver.answer : 404).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: [],
    resource: {},
    headers: [],
    bodies: [],
    answer: 200,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
type Sent = Omit<ReceivedSpan, 'attributes' | 'links' | 'status'> & {
  readonly attributes?: readonly Attribute[];
  readonly links?: ReceivedSpan['links'];
  readonly status?: { readonly code?: number };
};
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Sent[] }[];
  }[];
}

function take(receiver: OtlpReceiver, { resourceSpans }: Export): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    receiver.resource = plain(resource.attributes);
    for (const { spans } of scopeSpans) receiver.spans.push(...spans.map(received));
  }
}

const received = ({ attributes = [], links = [], status, ...span }: Sent): ReceivedSpan => ({
  ...span,
  parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
  attributes: plain(attributes),
  links,
  status: status?.code ?? 0,
});

const plain = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
