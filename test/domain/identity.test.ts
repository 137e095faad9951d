import fc from 'fast-check';
import t from 'tap';
import { identityKey, namesakeEnding } from '../../src/domain/identity.js';
import { asUsername } from '../../src/domain/names.js';

const key = (issuer: string | null, realm: string | null, username: string, roles: string[] = []) =>
  identityKey({ issuer, realm, username: asUsername(username), roles });

t.test('two namespaces of one username are two keys', async (t) => {
  const keys = [
    key(null, 'a', 'u'),
    key(null, 'b', 'u'),
    key(null, null, 'u'),
    key('a', null, 'u'),
    key('a', 'a', 'u'),
  ];
  t.equal(new Set(keys).size, keys.length);
});

t.test('an absent realm is not a realm of that name', async (t) => {
  t.not(key(null, null, 'u'), key(null, 'null', 'u'));
  t.not(key(null, '', 'u'), key(null, null, 'u'));
});

t.test('no choice of names makes two identities one key, as joining them would', async () => {
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom('a', 'a","b', '","', '\\', '"', '[', 'a:b', 'a\0b', 'null'),
  );
  const parts = fc.tuple(fc.option(names), fc.option(names), names);
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const same = one.every((part, i) => part === other[i]);
      return (key(...one) === key(...other)) === same;
    }),
    { numRuns: 3000 },
  );
});

t.test('roles are no part of the key: a list does not depend on them', async (t) => {
  t.equal(key(null, 'a', 'u', ['x']), key(null, 'a', 'u'));
});

t.test('who shares a name is told by the end of the key, and nobody else', async (t) => {
  const names = ['u', 'uu', '"u', ',"u', '"]', 'u"]', '\\', '\\"u', '', 'null'];
  for (const name of names)
    for (const other of names)
      for (const realm of [null, ...names])
        t.equal(
          key('i', realm, other).endsWith(namesakeEnding(asUsername(name))),
          name === other,
          `${name} ${other} ${realm}`,
        );
});
