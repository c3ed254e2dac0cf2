import { expect, test } from 'vitest';
import type { ExactJson, ExactJsonObject } from '../../lib/exact-json.ts';
import { Run } from './check.ts';
import { compileSchema } from './compile-schema.ts';

const conforms = (schema: ExactJsonObject, value: ExactJson): boolean =>
  compileSchema(schema)(value, new Run(1_000)) === null;
const number = { type: 'number' };

test.each<[what: string, schema: ExactJsonObject]>([
  ['a name', { definitions: { a: { id: '#named', ...number } }, $ref: '#named' }],
  ['the id of a part', { definitions: { a: { id: 'part', ...number } }, allOf: [{ $ref: 'part' }] }],
  [
    'an id below that of the whole',
    {
      id: 'http://example.com/schemas/whole',
      definitions: { a: { id: 'part', ...number } },
      allOf: [{ $ref: 'http://example.com/schemas/part' }],
    },
  ],
  [
    'a name in a part with an id',
    {
      id: 'http://example.com/whole',
      definitions: { a: { id: 'nested', definitions: { b: { id: '#b', ...number } } } },
      allOf: [{ $ref: 'nested#b' }],
    },
  ],
  [
    'a place in a part with an id',
    {
      definitions: { a: { id: 'nested', definitions: { b: number } } },
      allOf: [{ $ref: 'nested#/definitions/b' }],
    },
  ],
  [
    'a place within the part that the reference stands in',
    {
      allOf: [{ id: 'nested', definitions: { b: number }, allOf: [{ $ref: '#/definitions/b' }] }],
      definitions: { b: { type: 'string' } },
    },
  ],
  [
    'something beside whose reference an id stands, which does not count',
    {
      definitions: { a: { id: 'http://example.com/b', type: 'string' }, b: { id: 'b', ...number } },
      allOf: [{ id: 'http://example.com/', $ref: 'b' }],
    },
  ],
])('a reference leads to %s', (_, schema) => {
  expect(conforms(schema, 1)).toBe(true);
  expect(conforms(schema, 'one')).toBe(false);
});

test('schemas may refer to each other by their ids', () => {
  const node = { id: 'node', properties: { value: number, children: { $ref: 'tree' } }, required: ['value'] };
  const tree = {
    id: 'http://example.com/tree',
    type: 'array',
    items: { $ref: 'node' },
    definitions: { node },
  };
  expect(conforms(tree, [{ value: 1, children: [{ value: 2 }] }])).toBe(true);
  expect(conforms(tree, [{ value: 1, children: [{ value: 'two' }] }])).toBe(false);
});

test.each([
  ['another document', 'http://example.com/other'],
  ['a document beside', 'other.json#/definitions/a'],
  ['the schema of schemas', 'http://json-schema.org/draft-04/schema#'],
  ['what is no address', 'http://['],
])('a reference to %s is refused', (_, $ref) => {
  expect(() => compileSchema({ properties: { a: { $ref } } })).toThrow(
    `#/properties/a/$ref: only references within the schema are followed, found: ${$ref}`,
  );
});

test.each(['#nobody', '#/definitions/none', '#/enum/0/%zz'])('nothing stands at %s', ($ref) => {
  const schema = { enum: [{ id: '#nobody' }], allOf: [{ $ref }] };
  expect(() => compileSchema(schema)).toThrow(`#/allOf/0/$ref: nothing stands at ${$ref}`);
});

test('a circle of ids comes to an end', () => {
  const schema = {
    definitions: { a: { id: 'a', allOf: [{ $ref: 'b' }] }, b: { id: 'b', allOf: [{ $ref: 'a' }] } },
    $ref: '#/definitions/a',
  };
  expect(() => compileSchema(schema)).toThrow('references lead back to themselves');
});
