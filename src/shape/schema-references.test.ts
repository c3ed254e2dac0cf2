import { describe, expect, test } from 'vitest';
import { openReferences } from './schema-references.ts';

const target = (root: object, reference: string, from: object = root) => {
  const found = openReferences(root).find(from, reference);
  return typeof found === 'string' ? found : found.target;
};

describe('a reference', () => {
  const address = { type: 'string' };
  const root = { definitions: { 'a/b': address, 'ü %': true } };

  test.each([
    ['#', root],
    ['#/definitions/a~1b', address],
    ['#/definitions/a%2Fb', address],
    ['#/definitions/ü%20%25', true],
    ['#/definitions/none', 'nothing'],
    ['#/definitions/a%', 'nothing'],
    ['#/definitions/toString', 'nothing'],
    ['#name', 'nothing'],
    ['other.json', 'elsewhere'],
    ['http://example.com/schema#/definitions/a~1b', 'elsewhere'],
    ['http://[', 'elsewhere'],
  ])('%s', (reference, expected) => expect(target(root, reference)).toBe(expected));

  test('finds what is named in the same schema, relative to where it stands', () => {
    const leaf = { id: '#leaf', type: 'string' };
    const node = { id: 'node', properties: { leaf, parent: { $ref: 'tree' }, own: { $ref: '#leaf' } } };
    const tree = { id: 'http://example.com/tree', definitions: { node } };
    expect(target(tree, 'node')).toBe(node);
    expect(target(tree, 'http://example.com/node')).toBe(node);
    expect(target(tree, 'node#leaf')).toBe(leaf);
    expect(target(tree, '#leaf', node.properties.own)).toBe(leaf);
    expect(target(tree, 'tree', node.properties.parent)).toBe(tree);
    expect(target(tree, 'http://example.com/tree#/definitions/node/properties/leaf')).toBe(leaf);
    expect(target(tree, 'http://example.org/tree')).toBe('elsewhere');
  });

  test('counts from the top where an id on the way means nothing', () => {
    const reference = { $ref: '#/definitions/a' };
    const schema = {
      properties: { p: { id: '/properties/p', items: reference } },
      definitions: { a: address },
    };
    expect(target(schema, reference.$ref, reference)).toBe(address);
  });

  test('takes no value of an enum, and no property called id, for a name', () => {
    const schema = { enum: [{ id: 'x' }], properties: { id: { type: 'string' } } };
    expect(target(schema, 'x')).toBe('elsewhere');
  });
});
