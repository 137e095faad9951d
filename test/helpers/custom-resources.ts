import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { findSchemas } from '../../tools/deploy/schemas.js';
import { type KubernetesObject, objectsIn } from './deploy.js';

const found = await findSchemas({ env: process.env });

/** The folder of everybody's schemas. @throws without it, which is a failure */
export function schemaFolder(): string {
  if (!found.ok) throw new Error(found.failure);
  return found.value;
}

type Schema = Readonly<Record<string, unknown>>;

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema?: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/**
 * Checks custom resources by the definitions that their makers publish, and refuses fields that are in none of them, as
 * the server does in its strict mode. Rules in CEL (`x-kubernetes-validations`) are not among what is checked.
 */
export function customResources(): (object: KubernetesObject) => string | null {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, code: { regExp: asInGo } });
  const validators = new Map<string, ValidateFunction>();
  for (const { spec } of definitions()) {
    for (const { name, schema } of spec.versions) {
      if (schema !== undefined)
        validators.set(
          `${spec.group}/${name} ${spec.names.kind}`,
          ajv.compile(closed(schema.openAPIV3Schema)),
        );
    }
  }
  return (object) => {
    const key = `${object.apiVersion} ${object.kind}`;
    const validate = validators.get(key);
    if (validate === undefined) return `nobody defines ${key}`;
    const { kind } = object; // what fails is not an object of that schema, to the compiler
    return validate(object) ? null : ajv.errorsText(validate.errors, { dataVar: kind });
  };
}

function definitions(): Definition[] {
  const files = readdirSync(schemaFolder(), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(schemaFolder(), name))
    .filter((path) => statSync(path).isFile());
  return files.flatMap((file) => {
    // Some are templates of a chart: lines of it are taken out.
    const text = readFileSync(file, 'utf8').replace(/^\{\{.*\}\}$/gm, '');
    return objectsIn(text).flatMap(definitionIn);
  });
}

function definitionIn(object: KubernetesObject): Definition[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  return [{ spec: object.spec as Definition['spec'] }];
}

/** Patterns are Go's, in which `(?i)` is part of the text. */
const asInGo = Object.assign(
  (pattern: string, flags: string): RegExp =>
    new RegExp(pattern.replace('(?i)', ''), pattern.includes('(?i)') ? `${flags}i` : flags),
  { code: 'asInGo' },
);

/** A structural schema in which an object has the fields that are named and no other, where it does not say otherwise. */
function closed(schema: Schema, isRoot = true): Schema {
  const { properties, items, additionalProperties, ...rest } = schema;
  const isOpen =
    schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties !== undefined;
  const own = isRoot ? { ...Object(properties), apiVersion: {}, kind: {}, metadata: {} } : properties;
  return {
    ...rest,
    ...(own === undefined ? {} : { properties: mapped(own) }),
    ...(typeof items === 'object' && items !== null ? { items: closed(items as Schema, false) } : {}),
    ...(own !== undefined && !isOpen ? { additionalProperties: false } : {}),
    ...(typeof additionalProperties === 'object' && additionalProperties !== null
      ? { additionalProperties: closed(additionalProperties as Schema, false) }
      : {}),
  };
}

const mapped = (properties: unknown): Schema =>
  Object.fromEntries(
    Object.entries(Object(properties)).map(([name, schema]) => [
      name,
      name === 'metadata' ? {} : closed(schema as Schema, false),
    ]),
  );
