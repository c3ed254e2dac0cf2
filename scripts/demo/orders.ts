/** A body of `POST /v2/import/batch`. */
export interface Batch {
  readonly table_name: string;
  readonly key_names: readonly string[];
  readonly schema: object;
  readonly messages: readonly object[];
}

const text = { type: ['null', 'string'] };

/** What a web shop says about an order. Of the coupon it says nothing: whatever comes is taken as it is. */
const schema = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    placed_at: { type: 'string', format: 'date-time' },
    status: text,
    customer: { type: 'object', properties: { name: text, city: text } },
    total: { type: 'number' },
    coupon: {},
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: { sku: text, quantity: { type: 'integer' }, price: { type: 'number' } },
      },
    },
  },
};

const batch = (...messages: readonly (readonly [sequence: number, data: object])[]): Batch => ({
  table_name: 'orders',
  key_names: ['id'],
  schema,
  messages: messages.map(([sequence, data]) => ({ action: 'upsert', sequence, data })),
});

const ada = { name: 'Ada', city: 'London' };
const emil = { name: 'Emil', city: 'Zürich' };
const noor = { name: 'Noor', city: 'Utrecht' };

/** One after the other, as they would come over a day. */
export const batches: readonly Batch[] = [
  batch(
    [
      1000,
      {
        id: 1,
        placed_at: '2026-03-01T09:12:00Z',
        status: 'open',
        customer: ada,
        total: 42.5,
        items: [
          { sku: 'needle', quantity: 2, price: 1.25 },
          { sku: 'linen', quantity: 1, price: 40 },
        ],
      },
    ],
    [
      1001,
      {
        id: 2,
        placed_at: '2026-03-01T10:30:00+01:00',
        status: 'open',
        customer: emil,
        total: 3.75,
        coupon: 5,
        items: [{ sku: 'thread', quantity: 3, price: 1.25 }],
      },
    ],
  ),
  batch(
    // The coupon was a number until now.
    [
      2000,
      {
        id: 3,
        placed_at: '2026-03-01T11:00:00Z',
        status: 'open',
        customer: noor,
        total: 18,
        coupon: 'SPRING',
        items: [{ sku: 'hoop', quantity: 1, price: 18 }],
      },
    ],
    // Order 1 once more: one item was given back.
    [
      2001,
      {
        id: 1,
        placed_at: '2026-03-01T09:12:00Z',
        status: 'shipped',
        customer: ada,
        total: 40,
        items: [{ sku: 'linen', quantity: 1, price: 40 }],
      },
    ],
  ),
  batch(
    // Two that cannot be right.
    [3000, { id: 4, placed_at: 'the day before', status: 'open', total: 7 }],
    [3001, { id: 5, placed_at: '2026-03-01T12:00:00Z', status: 'open', total: 'seven' }],
    // Late and old: what was said of order 1 before it was shipped.
    [1500, { id: 1, placed_at: '2026-03-01T09:12:00Z', status: 'packed', customer: ada, total: 42.5 }],
  ),
];
