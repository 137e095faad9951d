import t from 'tap';
import type { RealmRoles } from '../../src/domain/identity.js';
import { holdsRole } from '../../src/policy/roles.js';
import { identity } from '../helpers/identity.js';

const allowed: RealmRoles = new Map([
  ['ecmwf', ['admin', 'reader']],
  ['partners', ['*']],
  ['closed', []],
]);
const holds = (realm: string | null, ...roles: string[]) => holdsRole(identity({ realm, roles }), allowed);

t.test('one of the roles of the own realm is enough', async (t) => {
  t.equal(holds('ecmwf', 'reader'), true);
  t.equal(holds('ecmwf', 'x', 'admin'), true);
});

t.test('a star in the list stands for any role, also for none', async (t) => {
  t.equal(holds('partners', 'whatever'), true);
  t.equal(holds('partners'), true);
});

t.test('a star that the user brings along stands for nothing', async (t) =>
  t.equal(holds('ecmwf', '*'), false),
);

t.test('roles of another realm, another case or no realm do not count', async (t) => {
  t.equal(holds('elsewhere', 'admin'), false);
  t.equal(holds(null, 'admin'), false);
  t.equal(holds('ECMWF', 'admin'), false);
  t.equal(holds('ecmwf', 'Admin'), false);
  t.equal(holds('ecmwf', 'admin '), false);
  t.equal(holds('ecmwf'), false);
  t.equal(holds('closed', 'admin'), false);
});

t.test('realms named like members of objects are no realms', async (t) => {
  for (const realm of ['__proto__', 'constructor', 'toString', ''])
    t.equal(holds(realm, 'admin'), false, realm);
});
