import t from 'tap';
import { isPartialMarker } from '../../src/transport/partial-body.js';

t.test('only a plain false says that the body is whole', async (t) => {
  for (const value of ['false', 'False', 'FALSE', ' false ', '\tfalse'])
    t.equal(isPartialMarker(value), false, value);
  const others = ['true', 'TRUE', '', ' ', '0', 'no', 'falsetto', 'false,false', 'false, true', 'true,false'];
  for (const value of others) t.equal(isPartialMarker(value), true, value);
});
