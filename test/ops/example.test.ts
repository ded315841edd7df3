import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { exampleOf } from '../../ops/types/example.ts';
import type { Schema } from '../../ops/types/parts.ts';

const SCHEMAS: Record<string, Schema> = {
  'plain types': {
    type: 'object',
    properties: {
      a: { type: 'string', minLength: 6 },
      b: { type: 'integer', minimum: 3 },
      c: { type: 'boolean' },
      d: { type: ['null', 'number'] },
      e: { type: 'null' },
    },
    required: ['a', 'b', 'c', 'd', 'e'],
    additionalProperties: false,
  },
  'values of its own': {
    properties: {
      a: { const: 5 },
      b: { enum: ['x'] },
      c: { type: 'string', examples: ['given'] },
      d: { default: [1] },
    },
  },
  'lists and references': {
    type: 'array',
    minItems: 2,
    items: { $ref: '#/$defs/Line' },
    $defs: {
      Line: {
        type: 'object',
        required: ['text'],
        properties: { text: { type: 'string' }, next: { $ref: '#/$defs/Line' } },
      },
    },
  },
  combinations: {
    allOf: [
      { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
      {
        type: 'object',
        required: ['b'],
        properties: { b: { oneOf: [{ type: 'number' }, { type: 'string' }] } },
      },
    ],
  },
  'a first variant that contains itself': {
    type: 'object',
    required: ['tree'],
    properties: { tree: { $ref: '#/$defs/Tree' } },
    $defs: {
      Tree: {
        oneOf: [
          {
            type: 'object',
            required: ['left', 'right'],
            properties: { left: { $ref: '#/$defs/Tree' }, right: { $ref: '#/$defs/Tree' } },
          },
          { type: 'object', required: ['leaf'], properties: { leaf: { $ref: '#/$defs/Leaf' } } },
          { type: 'number' },
        ],
      },
      Leaf: { type: ['object', 'null'], required: ['next'], properties: { next: { $ref: '#/$defs/Leaf' } } },
    },
  },
  'lists that contain themselves and may not be empty': {
    type: ['array', 'string'],
    minItems: 2,
    items: { $ref: '#' },
  },
  'a variant without an end': {
    anyOf: [{ $ref: '#/$defs/Endless' }, { items: { $ref: '#/$defs/Endless' }, type: 'array' }],
    $defs: {
      Endless: { type: 'object', required: ['more'], properties: { more: { $ref: '#/$defs/Endless' } } },
    },
  },
  bounds: {
    properties: {
      a: { type: 'number', exclusiveMinimum: 1.5 },
      b: { type: 'number', maximum: -4 },
      c: { type: 'string', maxLength: 2 },
    },
  },
};

describe('an example of a schema', () => {
  it.each(Object.entries(SCHEMAS))(
    'an example of a schema with %s fits it, and is the same each time',
    (_, schema) => {
      const example = exampleOf(schema);
      expect(new Ajv({ strict: false }).validate(schema, example)).toBe(true);
      expect(exampleOf(schema)).toEqual(example);
    },
  );

  it('a schema whose values would contain each other without an end has no example', () => {
    const endless = { type: 'object', required: ['a'], properties: { a: { $ref: '#' } } };
    expect(exampleOf(endless)).toBeUndefined();
    expect(
      exampleOf({
        properties: { a: { $ref: '#/x' }, b: { type: 'null' } },
        x: { ...endless, properties: { a: { $ref: '#/x' } } },
      }),
    ).toEqual({ b: null });
  });
});
