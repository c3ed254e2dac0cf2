import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isShortEnough, keyElement, renderKey, renderRejectedKey } from './object-key.ts';

const usual = '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].csv';
const facts = { integration: 'shop', table: 'orders', version: '1', timestamp: 1_519_235_654_474 };

/** Names as senders have them, and as nobody should. */
const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('.', '/', '\\', '-', '_', 'a', '0', '\0', '\ud800', '%', ' ') }),
  fc.string({ unit: 'grapheme', minLength: 200, maxLength: 400 }),
);

describe('the key of a file', () => {
  test('is the one that the original makes', () => {
    expect(renderKey(usual, facts)).toBe('shop/orders/1_1519235654474.csv');
    expect(renderKey(usual, { ...facts, path: ['line_items', 'tax'] })).toBe(
      'shop/orders/line_items/tax/1_1519235654474.csv',
    );
    const byDay =
      'in/[year_loaded]/[month_loaded]/[day_loaded]/[hour_loaded]/[table_name]_[integration_name]_[table_version]_[timestamp_loaded]';
    expect(renderKey(byDay, facts)).toBe('in/2018/02/21/17/orders_shop_1_1519235654474');
  });

  test('of rejections is in a folder of its own, in JSON lines', () => {
    expect(renderRejectedKey(usual, facts)).toBe('shop/_sdc_rejected/orders/1_1519235654474.jsonl');
    expect(renderRejectedKey(`${usual}.gz`, facts)).toBe(
      'shop/_sdc_rejected/orders/1_1519235654474.jsonl.gz',
    );
  });

  test('never leads out of its place, whatever the names are', () => {
    fc.assert(
      fc.property(anyName, anyName, fc.array(anyName, { maxLength: 4 }), (integration, table, path) => {
        const key = renderKey(`data/${usual}`, { ...facts, integration, table, path });
        expect(key).toMatch(/^data\/[^/]+(\/[^/]+)+\/1_1519235654474\.csv$/);
        expect(key).not.toMatch(/\p{Cc}|\p{Cs}|\\|(^|\/)\.|\.\./u);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
      }),
      { numRuns: 300 },
    );
  });

  test('is another one for another table', () => {
    fc.assert(
      fc.property(
        fc.array(anyName, { minLength: 1, maxLength: 3 }),
        fc.array(anyName, { minLength: 1, maxLength: 3 }),
        (one, other) => {
          fc.pre(JSON.stringify(one) !== JSON.stringify(other));
          const [first, second] = [one, other].map(([table = '', ...path]) =>
            renderKey(usual, { ...facts, table, path }),
          );
          expect(first).not.toBe(second);
        },
      ),
      { numRuns: 300 },
    );
    for (const [one, other] of [
      ['a!b', 'a#b'],
      ['a/b', 'a_b'],
      ['a', 'A'],
      ['\ud800', '\ud801'],
      [keyElement('a!b'), 'a!b'],
    ])
      expect(keyElement(one!)).not.toBe(keyElement(other!));
  });

  test('is never one of our own', () => {
    const spelt = '[integration_name]/lanes/[table_name]/[table_version]_[timestamp_loaded].json';
    expect(renderKey(spelt, { ...facts, integration: '_backstitch' })).toMatch(/^__backstitch\//);
  });
});

test('a format is refused when names could make its keys too long', () => {
  expect(isShortEnough(usual)).toBe(true);
  expect(isShortEnough(`${'x'.repeat(800)}/${usual}`)).toBe(true);
  expect(isShortEnough(`${'x'.repeat(950)}/${usual}`)).toBe(false);
  expect(isShortEnough(`${'[table_name]/'.repeat(40)}${usual}`)).toBe(false);
});
