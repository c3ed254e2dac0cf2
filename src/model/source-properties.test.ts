import { expect, test } from 'vitest';
import { mergeSourceProperties } from './source-properties.ts';

test('a given value takes the place of the stored one, null clears it', () => {
  expect(mergeSourceProperties({}, { on_invalid: 'reject' })).toEqual({
    properties: { on_invalid: 'reject' },
    bad: [],
  });
  expect(mergeSourceProperties({ on_invalid: 'reject' }, {}).properties).toEqual({ on_invalid: 'reject' });
  expect(mergeSourceProperties({ on_invalid: 'reject' }, { on_invalid: null }).properties).toEqual({});
});

test.each([
  [{ on_invalid: 'maybe' }],
  [{ on_invalid: '' }],
  [{ on_invalid: true }],
  [{ frequency_in_minutes: '60' }],
  [JSON.parse('{"__proto__":"x"}')],
  [{ constructor: 'x' }],
])('%j is bad', (given) => {
  const { bad, properties } = mergeSourceProperties({}, given);
  expect(bad.map(({ name }) => name)).toEqual(Object.keys(given));
  expect(properties).toEqual({});
});
