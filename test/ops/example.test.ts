import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
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
  'alternatives that only restrict': {
    type: 'object',
    properties: {
      a: { type: 'integer', allOf: [{ minimum: 3 }] },
      b: { type: 'string', anyOf: [{ minLength: 6 }] },
    },
    anyOf: [{ required: ['a'] }, { required: ['b'] }],
  },
  'alternatives of which only one may hold': {
    type: 'object',
    properties: { id: { type: 'string' }, name: { type: 'string' }, rest: { type: 'number' } },
    required: ['rest'],
    oneOf: [{ required: ['name'] }, { required: ['id'] }],
  },
  'an alternative that requires a value without an end': {
    properties: { self: { $ref: '#' }, leaf: { type: 'null' } },
    anyOf: [{ required: ['self'] }, { required: ['leaf'] }],
  },
  'items by their place': {
    type: 'array',
    minItems: 2,
    items: [{ type: 'number' }, { type: 'boolean' }],
    additionalItems: false,
  },
  'more items than those with a place': {
    type: 'array',
    minItems: 3,
    items: [{ type: 'number' }],
    additionalItems: { type: 'null' },
  },
  'items with a place that may be left out': {
    items: [{ type: 'number' }, { $ref: '#' }],
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

  it('an example of a tuple fits it, and has nothing more', () => {
    const tuple = {
      type: 'array',
      prefixItems: [{ type: 'number' }, { type: 'string' }],
      items: false,
      minItems: 2,
    };
    expect(exampleOf(tuple)).toEqual([1, 'text']);
    expect(new Ajv2020({ strict: false }).validate(tuple, exampleOf(tuple))).toBe(true);
    expect(exampleOf({ type: 'array', items: false })).toEqual([]);
  });

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
