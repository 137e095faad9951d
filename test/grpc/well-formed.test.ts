import t from 'tap';
import { isWellFormed, type Shape } from '../../src/grpc/well-formed.js';

const LEAF: Shape = new Map();
/** Field 1 is a message, whose field 2 is one. */
const SHAPE: Shape = new Map([[1, new Map([[2, LEAF]])]]);
const isSound = (...bytes: readonly number[]): boolean => isWellFormed(Uint8Array.from(bytes), SHAPE);

t.test('whole fields are well formed, whatever they are', async (t) => {
  t.ok(isSound(), 'an empty message');
  t.ok(isSound(0x0a, 0x00), 'an empty message in it');
  t.ok(isSound(0x0a, 0x02, 0x12, 0x00), 'and one in that');
  t.ok(isSound(0x1a, 0x03, 0x00, 0x00, 0x04), 'a text is not looked into');
  t.ok(isSound(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), 'a number of 64 bits');
  t.ok(isSound(0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4), 'numbers of fixed size');
  t.ok(isSound(0x08, 0x00, 0x0a, 0x00), 'a field of another type than expected');
});

t.test('a byte that belongs to no field is not', async (t) => {
  t.notOk(isSound(0x00), 'the field number zero');
  t.notOk(isSound(0x0a, 0x03, 0x12, 0x00, 0x00), 'in a message in it');
  t.notOk(isSound(0x0c), 'the end of a group');
  t.notOk(isSound(0x0a, 0x03, 0x12, 0x00, 0x14), 'in a message in it');
  t.notOk(isSound(0x0b, 0x0c), 'a group');
  t.notOk(isSound(0x0e), 'a type that there is not');
  t.notOk(isSound(0x08), 'a number that is missing');
  t.notOk(isSound(0x08, 0x80), 'one that breaks off');
  t.notOk(isSound(0x08, ...Array.from({ length: 10 }, () => 0x80), 0), 'one that is too long');
  t.notOk(isSound(0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00), 'a field number that is too long');
  t.notOk(isSound(0x19, 1, 2, 3), 'a number of fixed size that breaks off');
});

t.test('a field ends within its message', async (t) => {
  t.notOk(isSound(0x1a, 0x03, 0x00), 'a text longer than all there is');
  t.notOk(isSound(0x0a, 0x02, 0x1a, 0x01, 0x00), 'a text longer than the message it is in');
  t.notOk(isSound(0x0a, 0x02, 0x12, 0x01, 0x00), 'a message longer than the one it is in');
  t.notOk(
    isSound(0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
    'a length beyond counting',
  );
});
