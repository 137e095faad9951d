import type { Place } from '../finding.js';
import type { Directive } from './parse.js';

/** A block of the configuration, and the blocks around it that it inherits from. */
export class Scope {
  readonly parent: Scope | null;
  /** The directive that opens it; null for the file itself. */
  readonly directive: Directive | null;
  readonly directives: readonly Directive[];
  readonly #children: Scope[];

  constructor(directive: Directive | null, directives: readonly Directive[], parent: Scope | null) {
    this.parent = parent;
    this.directive = directive;
    this.directives = directives;
    this.#children = directives
      .filter(({ block }) => block !== null)
      .map((inner) => new Scope(inner, inner.block ?? [], this));
  }

  get name(): string {
    return this.directive?.name ?? '';
  }

  /** Blocks of these names right in it. */
  children(...names: readonly string[]): Scope[] {
    return this.#children.filter(({ name }) => names.includes(name));
  }

  /** It, and every block in it, however deep. */
  get all(): Scope[] {
    return [this, ...this.#children.flatMap((child) => child.all)];
  }

  /** Directives of a name in this very block. */
  own(name: string): Directive[] {
    return this.directives.filter((directive) => directive.name === name);
  }

  /** Directives of a name that hold here: those of the nearest block that has any, as nginx inherits them. */
  inherited(name: string): Directive[] {
    const own = this.own(name);
    return own.length > 0 || this.parent === null ? own : this.parent.inherited(name);
  }

  /** The one directive of a name that holds here. */
  setting(name: string): Directive | null {
    return this.inherited(name).at(-1) ?? null;
  }

  /** `server > location = /api/v1/watch`. */
  get path(): string {
    const own = this.directive === null ? '' : [this.directive.name, ...this.directive.args].join(' ');
    const around = this.parent?.path ?? '';
    return around === '' ? own : `${around} > ${own}`;
  }

  /** Where something is that this block lacks. */
  get place(): Place {
    return { file: this.directive?.file ?? '', line: this.directive?.line ?? 1, path: this.path };
  }
}

/** Where a directive is that holds in a block; its value is left out of the path. */
export function placeOf(scope: Scope, { file, line, name }: Directive): Place {
  const path = scope.path;
  return { file, line, path: path === '' ? name : `${path} > ${name}` };
}
