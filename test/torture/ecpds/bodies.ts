import type { Chance } from '../upstream/chance.js';
import { mutated } from '../upstream/mutate.js';

/** Destinations that requests ask for; each also comes up in forms that are another name. */
export const DESTINATIONS = [
  ...Array.from({ length: 12 }, (_, index) => `D${String(index).padStart(2, '0')}`),
  '__proto__',
  'constructor',
  'É',
  'D 00/ü😀',
];
/** Names that look like one of them, and are none. */
const LOOKALIKES = ['d00', 'D00 ', ' D00', 'D0', 'D000', 'E\u0301', '*', '', 'toString', 'D00\u0000', 'Ｄ00'];

/** The members that `ecpds.target_field` is set to in one scenario or another. */
export const TARGET_FIELDS = ['name', 'name', 'name', 'code', '__proto__', 'na me.é'];

const INACTIVE = ['false', '"true"', '1', 'null', '[true]', '{"active":true}', '"yes"', '"1"', '0', '"TRUE"'];
const NO_NAME = ['null', '1', 'true', '["D00"]', '{"name":"D00"}', '{"__proto__":"D00"}', '-0.5e3'];
const NO_RECORD = ['"D00"', 'null', '7', '[]', 'true', '["name","D00"]', '[{"name":"D00","active":true}]'];
const SUCCESS = [
  ...['"Yes"', '"YES"', '"yes "', '" yes"', '"yes\\u0000"', 'true', '1', 'null', '"true"', '"no"', '""'],
  ...['["yes"]', '{"yes":true}', '"y"', '"ye\\u017f"', 'false'],
];
const NO_LIST = ['{}', '"D00"', 'null', '0', 'true', '{"0":{"name":"D00","active":true},"length":1}', '""'];
const HOSTILE = [
  '1e400',
  '-1e400',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '[[[[[[[[[[]]]]]]]]]]',
  '{"__proto__":{"active":true,"name":"D00"}}',
  '{"constructor":{"prototype":{"active":true}}}',
  '123456789012345678901234567890',
  '1e308',
  '-0',
  '"\\u0000"',
];

/** The body of an answer of status 200: a good one, or one with a flaw somewhere. */
export function bodyOf(chance: Chance, field: string, large: boolean): Uint8Array {
  if (large) return largeBody(chance, field);
  if (chance.oneIn(2)) return Buffer.from(plainDocument(chance, field));
  const text = document(chance, field);
  return chance.oneIn(5) ? mutated(chance, text) : Buffer.from(text);
}

/** As ECPDS writes it. */
function plainDocument(chance: Chance, field: string): string {
  const names = chance.some(DESTINATIONS, chance.int(0, 5));
  const destinationList = names.map((name) => ({ [field]: name, active: !chance.oneIn(5), type: 'Gold' }));
  return JSON.stringify({ destinationList, success: 'yes' });
}

function document(chance: Chance, field: string): string {
  const records = Array.from({ length: chance.int(0, 6) }, () => record(chance, field));
  const list = chance.oneIn(14) ? chance.pick(NO_LIST) : `[${records.join(',')}]`;
  const success = chance.oneIn(10) ? chance.pick(SUCCESS) : chance.pick(['"yes"', '"yes"', '"y\\u0065s"']);
  const members = [
    ...(chance.oneIn(30) ? [] : [`"destinationList":${list}`]),
    ...(chance.oneIn(30) ? [] : [`${chance.pick(['"success"', '"success"', '"s\\u0075ccess"'])}:${success}`]),
    ...(chance.oneIn(5) ? [`"version":${chance.pick(['"1.2"', ...HOSTILE])}`] : []),
    ...(chance.oneIn(25) ? [`"success":${chance.pick(['"yes"', ...SUCCESS])}`] : []),
    ...(chance.oneIn(25) ? [`"destinationList":${chance.pick(['[]', list, ...NO_LIST])}`] : []),
    ...(chance.oneIn(40) ? ['"__proto__":{"success":"yes","destinationList":[]}'] : []),
    ...(chance.oneIn(60) ? [`"deep":${nested(chance.pick([126, 127, 5000]))}`] : []),
  ];
  return `{${chance.some(members, members.length).join(chance.pick([',', ', ', '\n,']))}}`;
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

function record(chance: Chance, field: string): string {
  if (chance.oneIn(12)) return chance.pick(NO_RECORD);
  const name = JSON.stringify(chance.pick(chance.oneIn(5) ? LOOKALIKES : DESTINATIONS));
  const value = chance.oneIn(10) ? chance.pick(NO_NAME) : escaped(chance, name);
  const active = chance.oneIn(4) ? chance.pick(INACTIVE) : 'true';
  const other = field === 'name' ? 'code' : 'name';
  const members = [
    ...(chance.oneIn(12) ? [] : [`${JSON.stringify(field)}:${value}`]),
    ...(chance.oneIn(12) ? [] : [`"active":${active}`]),
    ...(chance.oneIn(8) ? [`"active":${chance.pick(['true', ...INACTIVE])}`] : []),
    ...(chance.oneIn(12) ? [`${JSON.stringify(field)}:${JSON.stringify(chance.pick(DESTINATIONS))}`] : []),
    ...(chance.oneIn(4) ? [`"${other}":${JSON.stringify(chance.pick(DESTINATIONS))}`] : []),
    ...(chance.oneIn(8) ? [`"${chance.pick(['Active', 'ACTIVE', 'Name', 'comment'])}":true`] : []),
    ...(chance.oneIn(30) ? [`"x":${chance.pick(HOSTILE)}`] : []),
  ];
  return `{${chance.some(members, members.length).join(',')}}`;
}

/** The same text, now and then with a letter written as an escape. */
function escaped(chance: Chance, json: string): string {
  if (!chance.oneIn(6)) return json;
  return json.replace(/[A-Z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
}

const LIMIT = 16 * 1024 * 1024;

/** At and around the limits of size and number. */
function largeBody(chance: Chance, field: string): Uint8Array {
  const good = `{"success":"yes","destinationList":[{${JSON.stringify(field)}:"D00","active":true}]}`;
  switch (chance.int(0, 4)) {
    case 0:
      return padded(good, LIMIT);
    case 1:
      return padded(good, LIMIT + 1);
    case 2:
      return padded(good, 17 * 1024 * 1024);
    case 3: {
      const records = Array.from({ length: 100_000 }, (_, index) => `{"name":"L${index}","active":true}`);
      return Buffer.from(`{"destinationList":[${records.join()}],"success":"yes"}`);
    }
    default:
      return Buffer.from(`{"success":"yes","destinationList":[],"x":${nested(200_000)}}`);
  }
}

function padded(text: string, size: number): Uint8Array {
  const bytes = Buffer.alloc(size, 0x20);
  bytes.write(text);
  return bytes;
}
