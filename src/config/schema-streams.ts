import { Type } from '@sinclair/typebox';
import { notes, realmRoles } from './fields.js';

const required = Type.Boolean(
  notes({ description: 'Whether a request must carry the field.', must: '`true` or `false`' }),
);
const text = (description: string) => Type.String(notes({ description, must: 'a text' }));
const INT64 = Type.BigInt({
  ...notes({ description: 'A bound, included.', must: 'a signed 64-bit whole number' }),
  minimum: -(2n ** 63n),
  maximum: 2n ** 63n - 1n,
});
const NUMBER = Type.Number(notes({ description: 'A bound, included.', must: 'a number' }));
const description = Type.Optional(text('Free text for people.'));
const pair = { must: 'a list of two numbers, the lower first', minItems: 2, maxItems: 2 };

export const STRING_RULE = Type.Object({
  type: Type.Literal('StringHandler'),
  description,
  required,
  max_length: Type.Optional(
    Type.Integer({
      ...notes({ description: 'Longest value, in bytes.', must: 'a whole number, 0 or more' }),
      minimum: 0,
    }),
  ),
});
export const ENUM_RULE = Type.Object({
  type: Type.Literal('EnumHandler'),
  description,
  required,
  values: Type.Array(
    text('An allowed value.'),
    notes({
      description: 'The allowed values, compared without regard to case.',
      must: 'a list of texts',
    }),
  ),
});
export const INT_RULE = Type.Object({
  type: Type.Literal('IntHandler'),
  description,
  required,
  range: Type.Optional(Type.Array(INT64, { ...pair, description: 'Lowest and highest value.' })),
});

/** Aviso's identifier rules by their `type`: only the first three can be the rule of a match key. */
export const IDENTIFIER_RULES = [
  STRING_RULE,
  ENUM_RULE,
  INT_RULE,
  Type.Object({
    type: Type.Literal('DateHandler'),
    description,
    required,
    canonical_format: text('How Aviso writes the date.'),
  }),
  Type.Object({
    type: Type.Literal('ExpverHandler'),
    description,
    required,
    default: Type.Optional(text('The value of an empty field.')),
  }),
  Type.Object({
    type: Type.Literal('FloatHandler'),
    description,
    required,
    range: Type.Optional(Type.Array(NUMBER, { ...pair, description: 'Lowest and highest value.' })),
  }),
  Type.Object({ type: Type.Literal('TimeHandler'), description, required }),
  Type.Object({ type: Type.Literal('PolygonHandler'), description, required }),
] as const;

/** A rule of an Aviso newer than we know: taken as it is, unless it is the match key's. */
const OTHER_RULE = Type.Object({ type: text('The name of the rule.') }, { open: true });

export const STREAM_AUTH = Type.Object(
  {
    required: Type.Boolean(
      notes({
        description: 'Whether a user must be known to watch or replay this event type.',
        must: '`true` or `false`; `true` when `read_roles`, `write_roles` or `plugins` is given',
      }),
    ),
    read_roles: Type.Optional(
      realmRoles({
        description: 'Realm to roles: who may watch and replay. Left out: every known user.',
        must: 'at least one realm with at least one role, or left out',
      }),
    ),
    write_roles: Type.Optional(
      realmRoles({
        description: "Realm to roles: who may notify. Aviso's own business; only its form is looked at.",
        must: 'at least one realm with at least one role, or left out',
      }),
    ),
    plugins: Type.Optional(
      Type.Array(
        text('The name of a plugin.'),
        notes({
          description: '`[ecpds]` gates the event type by destination.',
          must: '`[ecpds]`, or left out',
        }),
      ),
    ),
  },
  { description: 'Who may read the event type. Left out: everybody, nothing is checked.' },
);

const TOPIC = Type.Object(
  {
    key_order: Type.Optional(
      Type.Array(
        text('The name of an identifier field.'),
        notes({
          description: "The fields that make up Aviso's topic; holds the match key when the schema is gated.",
          must: 'a list of names of identifier fields',
        }),
      ),
    ),
  },
  { description: "Aviso's routing; only `key_order` is looked at.", open: true },
);

/** One event type of `notification_schema`. Keys that are not named here are Aviso's. */
export const STREAM = Type.Object(
  {
    topic: Type.Optional(TOPIC),
    identifier: Type.Record(
      Type.String(),
      Type.Union([...IDENTIFIER_RULES, OTHER_RULE], {
        ...notes({
          description: "Aviso's rule for one identifier field.",
          must: 'a map with `type`, `required` and what the type takes',
        }),
        discriminator: 'type',
      }),
      {
        ...notes({
          description: "Identifier field to Aviso's rule.",
          must: 'a map of rules (below); holds the match key when the schema is gated',
        }),
        default: {},
      },
    ),
    auth: Type.Optional(STREAM_AUTH),
  },
  { description: 'One event type.', open: true },
);
