/** V8 cuts a string of this length or more out of its text by reference. */
const SHORTEST_REFERENCE = 13;

/** The same text, without the text it was cut out of: a name that is kept would keep the whole body it came in. */
export const ownCopy = (text: string): string =>
  text.length < SHORTEST_REFERENCE ? text : Buffer.from(text, 'utf8').toString('utf8');
