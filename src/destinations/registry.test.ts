import { expect, test } from 'vitest';
import recorded from '../../test/contract/destination-types.json' with { type: 'json' };
import { isJsonObject } from '../lib/json.ts';
import { renderTypeReportCard } from '../model/report-card.ts';
import type { DestinationType } from './destination.ts';
import { destinationTypes, findType } from './registry.ts';

const everyProperty = ({ form }: DestinationType) => form.steps.flatMap((step) => step.properties);

test('the recorded types come first, in the recorded order', () => {
  const first = destinationTypes.slice(0, recorded.length);
  expect(first.map(({ type }) => type)).toEqual(recorded.map(({ type }) => type));
});

test.each(recorded)('the form of $type renders the recorded report card, key for key', (card) => {
  const type = findType(card.type);
  expect(type).toBeDefined();
  const rendered = renderTypeReportCard({ ...type!, access: card.details.access });
  expect(JSON.stringify(rendered, null, 1)).toBe(JSON.stringify(card, null, 1));
});

test.each(destinationTypes)('v3 shows every property of $type once', (type) => {
  const names = [...everyProperty(type), ...type.form.tolerated].map(({ name }) => name);
  expect([...type.form.v3Order].sort()).toEqual(names.sort());
});

test.each(destinationTypes)('the patterns and names in the form of $type mean something', (type) => {
  for (const property of [...everyProperty(type), ...type.form.tolerated]) {
    const pattern = isJsonObject(property.jsonSchema) ? property.jsonSchema.pattern : undefined;
    if (typeof pattern === 'string') expect(() => new RegExp(pattern, 'u')).not.toThrow();
    if (property.defaultValue !== undefined && typeof pattern === 'string')
      expect(property.defaultValue).toMatch(new RegExp(pattern, 'u'));
    expect(property.help).toMatch(/\.$/);
  }
});

test('an unknown name finds no type, even one that every object has', () => {
  expect(findType('oracle')).toBeUndefined();
  expect(findType('constructor')).toBeUndefined();
});

test('a generated sentinel key matches its own schema and is never the same', () => {
  const sentinel = everyProperty(findType('s3')!).find(({ name }) => name === 'sentinel_key');
  const [first, second] = [sentinel!.generate!(), sentinel!.generate!()];
  expect(first).toMatch(/^stitch-challenge-file-[0-9a-f-]{36}$/);
  expect(first).not.toBe(second);
});
