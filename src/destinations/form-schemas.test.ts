import { expect, test } from 'vitest';
import { formProperties } from '../model/form-properties.ts';
import { mergeProperties } from '../model/merge-properties.ts';
import { schemaCheck } from '../model/property-schema.ts';
import { destinationTypes } from './registry.ts';

const types = destinationTypes.map(({ type, form }) => [type, form] as const);

test.each(types)('%s has only schemas that values can be held against', (_, form) => {
  for (const { jsonSchema } of formProperties(form))
    if (jsonSchema !== null) expect(schemaCheck(jsonSchema)(null)).toBeTypeOf('string');
});

test.each(types)('%s names every property once', (_, form) => {
  const names = formProperties(form).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(types)('%s asks for what it requires and for nothing it cannot be given', (_, form) => {
  const result = mergeProperties({ form, stored: null, given: {}, complete: false });
  const asked = 'bad' in result ? result.bad.map(({ name }) => name) : [];
  const askable = formProperties(form)
    .filter((property) => property.isRequired && !property.systemProvided && property.jsonSchema !== null)
    .filter((property) => property.defaultValue === undefined && property.generate === undefined);
  expect(asked).toEqual(askable.map(({ name }) => name));
});
