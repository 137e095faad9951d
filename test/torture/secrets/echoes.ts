import type { IncomingMessage, ServerResponse } from 'node:http';

/** Ways to answer wrongly, each with what the request held. */
export const ECHOES = [
  'status-400',
  'status-401',
  'status-403',
  'status-404',
  'status-500',
  'status-302',
  'success',
  'names',
  'broken-json',
  'twice',
  'html',
  'header',
  'not-http',
  'gzip',
  'length',
  'reset',
] as const;
export type Echo = (typeof ECHOES)[number];

/** @param said a text that stands in every answer */
export function echo(
  kind: Echo,
  { headers, url = '', socket }: IncomingMessage,
  response: ServerResponse,
  said: string,
): void {
  const { authorization = '-' } = headers;
  const [, status] = /^status-(\d+)$/.exec(kind) ?? [];
  const shown = `${said} ${authorization} ${url}`;
  const body = JSON.stringify({ error: shown, headers, url, success: 'yes' });
  if (status !== undefined) {
    const location = `http://user:${said}@127.0.0.1:9/${encodeURIComponent(authorization)}`;
    response.statusMessage = shown;
    response.writeHead(Number(status), { location, 'x-error': shown, 'www-authenticate': shown }).end(body);
    return;
  }
  const raw = (text: string) => socket.end(text);
  switch (kind) {
    case 'success':
      return void response.end(JSON.stringify({ success: shown, destinationList: [], [shown]: shown }));
    case 'names':
      return void response.end(JSON.stringify({ success: 'yes', destinationList: { [shown]: shown } }));
    case 'broken-json':
      return void response.end(`{"${shown}": ${shown}`);
    case 'twice':
      return void response.end(`{"${said}":1,"${said}":2,"success":"yes","success":"${said}"}`);
    case 'html':
      return void response.setHeader('content-type', 'text/html').end(`<title>${shown}</title>`);
    case 'header':
      return void raw(`HTTP/1.1 200 OK\r\n${shown}\r\n\r\n`);
    case 'not-http':
      return void raw(`${shown}\r\n`);
    case 'gzip':
      return void response.setHeader('content-encoding', 'gzip').end(shown);
    case 'length':
      return void raw(`HTTP/1.1 200 ${shown}\r\ncontent-length: 10000\r\nx: ${shown}\r\n\r\n${body}`);
    default:
      socket.resetAndDestroy();
  }
}
