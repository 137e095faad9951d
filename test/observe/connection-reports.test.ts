import { type AddressInfo, connect, createServer } from 'node:net';
import t from 'tap';
import { reportTurnedAway } from '../../src/observe/connection-reports.js';
import { until } from '../helpers/until.js';

t.test('connections that are turned away are said at once, and then together', async (t) => {
  const server = createServer();
  server.maxConnections = 1;
  const lines: unknown[] = [];
  const write = (level: string, event: string, fields: unknown) => void lines.push([level, event, fields]);
  reportTurnedAway({ write }, 'http', server, 300);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const open = () =>
    new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      t.teardown(() => socket.destroy());
    });
  void open();
  await until(() => new Promise((resolve) => server.getConnections((_error, n) => resolve(n === 1))));
  await Promise.all([open(), open(), open()]);
  const line = (turned_away: number) => [
    'warn',
    'process.connections.refused',
    { listener: 'http', connections: 1, turned_away },
  ];
  t.same(lines, [line(1)]);
  await until(() => lines.length > 1);
  t.same(lines, [line(1), line(2)]);
  server.close();
});
