import type { Place } from '../finding.js';
import { type Node, snakeCase } from './node.js';

/** A part of an Envoy configuration, there or not: what is asked of a missing part is missing, too. */
export class Part {
  readonly place: Place;
  readonly #node: Node | null;

  constructor(node: Node | null, place: Place) {
    this.#node = node;
    this.place = place;
  }

  static root(node: Node, file: string): Part {
    return new Part(node, { file, line: node.line, path: '' });
  }

  /** A part further down, by names of fields and positions in lists. */
  at(...steps: readonly (string | number)[]): Part {
    return steps.reduce<Part>((part, step) => part.#step(step), this);
  }

  #step(step: string | number): Part {
    const child = this.#child(step);
    const { file, path } = this.place;
    const line = child?.line ?? this.place.line;
    return new Part(child, { file, line, path: joined(path, step) });
  }

  #child(step: string | number): Node | null {
    if (this.#node?.kind === 'map') return this.#node.entries.get(String(step)) ?? null;
    if (this.#node?.kind === 'list' && typeof step === 'number') return this.#node.items[step] ?? null;
    return null;
  }

  /** Whether it is given; null counts as not given. */
  get isThere(): boolean {
    return this.#node !== null && !(this.#node.kind === 'scalar' && this.#node.value === null);
  }

  get items(): Part[] {
    return this.#node?.kind === 'list' ? this.#node.items.map((_, index) => this.at(index)) : [];
  }

  /** Of a map: names in snake_case, and what is under them. */
  get entries(): [string, Part][] {
    return this.#node?.kind === 'map' ? [...this.#node.entries.keys()].map((key) => [key, this.at(key)]) : [];
  }

  get text(): string | null {
    const node = this.#node;
    return node?.kind === 'scalar' && node.value !== null ? String(node.value) : null;
  }

  get number(): number | null {
    const { text } = this;
    return text !== null && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : null;
  }

  /** Envoy takes `yes`, `on` and `y` for true as well, quoted or not. */
  get flag(): boolean {
    return /^(true|yes|on|y)$/i.test(this.text ?? '');
  }

  /** A duration (`35s`, `0.5s`) in seconds. */
  get seconds(): number | null {
    const [, number] = /^([0-9]+(?:\.[0-9]+)?)s$/.exec(this.text ?? '') ?? [];
    return number === undefined ? null : Number(number);
  }

  /** Whether an enum has one of these values, by name or number. */
  isOneOf(...values: readonly (string | number)[]): boolean {
    return values.some((value) => String(value) === this.text);
  }

  /** The message that an `Any` holds, by the last part of its type's name. */
  get type(): string {
    const type = this.text ?? this.at('@type').text ?? '';
    return type.slice(Math.max(type.lastIndexOf('.'), type.lastIndexOf('/')) + 1);
  }

  /** The message in a `typed_config`, taken out of a `TypedStruct`. */
  get message(): { readonly type: string; readonly config: Part } {
    if (this.type !== 'TypedStruct') return { type: this.type, config: this };
    return { type: this.at('type_url').type, config: this.at('value') };
  }

  /** An entry of a map whose keys an operator chose. */
  named(name: string): Part {
    return this.at(snakeCase(name));
  }

  /** Every text in it, however deep. */
  get texts(): Part[] {
    if (this.text !== null) return [this];
    return [...this.items, ...this.entries.map(([, part]) => part)].flatMap((part) => part.texts);
  }
}

function joined(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  const shown = /^[A-Za-z_@][A-Za-z0-9_@-]*$/.test(step) ? step : JSON.stringify(step);
  const name = shown.startsWith('"') ? `[${shown}]` : shown;
  return path === '' || name.startsWith('[') ? `${path}${name}` : `${path}.${name}`;
}
