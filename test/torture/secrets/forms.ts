/**
 * The texts in which a secret can show: as it is, and as programs write it down. A form that is part of another is enough
 * for both.
 */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const quoted = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    ...percentEncoded(secret),
    quoted,
    JSON.stringify(quoted).slice(1, -1),
    asciiOnly(quoted),
    htmlEscaped(secret),
    // Bytes of UTF-8 that somebody read as latin1, as Node reads headers; and JSON of that.
    bytes.toString('latin1'),
    asciiOnly(JSON.stringify(bytes.toString('latin1')).slice(1, -1)),
    ...[0, 1, 2].flatMap((before) => base64Within(bytes, before)),
    ...dumped(bytes),
  ];
  return shortest(forms);
}

function percentEncoded(secret: string): string[] {
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  const upper = [encodeURIComponent(secret), encodeURI(secret), form];
  return [...upper, ...upper.map(lowerEscapes)];
}

const lowerEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());

const asciiOnly = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const htmlEscaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

/** What is certain of the base64 of any text in which so many bytes of a group of three stand before the secret. */
function base64Within(bytes: Buffer, before: number): string[] {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  const from = Math.ceil((before * 8) / 6);
  const to = Math.floor((whole.length * 8) / 6);
  return (['base64', 'base64url'] as const).map((alphabet) => whole.toString(alphabet).slice(from, to));
}

/** As `util.inspect` and `JSON.stringify` show a Buffer, and as hexadecimal text. */
function dumped(bytes: Buffer): string[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  return [hex.join(''), hex.join(' '), [...bytes].join(','), [...bytes].join(', ')];
}

function shortest(forms: readonly string[]): string[] {
  const different = [...new Set(forms)];
  return different.filter((form) => !different.some((other) => other !== form && form.includes(other)));
}
