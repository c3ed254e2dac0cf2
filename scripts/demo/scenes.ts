/** A table of the demo: how it is read, and what there is to see in it. */
export interface Scene {
  readonly table: string;
  readonly query: string;
  /** A sentence for each effect. */
  readonly remarks: readonly string[];
}

export const scenes: readonly Scene[] = [
  {
    table: 'shop.orders',
    query: `select id, to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as placed_at, status,
      customer__name, customer__city, total, coupon__bi, coupon__st, _sdc_sequence
      from shop.orders order by id`,
    remarks: [
      'The nested customer became columns.',
      'The coupon came as a number, then as text: its column split by type, and no value was bent.',
      'Order 1 came three times, the oldest state last: the highest sequence stands, not the last to arrive.',
    ],
  },
  {
    table: 'shop.orders__items',
    query: `select _sdc_source_key_id, _sdc_level_0_id, sku, quantity, price
      from shop.orders__items order by 1, 2`,
    remarks: [
      'The list of items became a table of its own, with the key of its order.',
      'The needles of order 1 were given back: they went when the new state of the order came.',
    ],
  },
  {
    table: 'shop._sdc_rejected',
    query: 'select table_name, reason from shop._sdc_rejected order by _sdc_position',
    remarks: [
      'Two bad records were set aside, whole and with the reason. The others of their batch were loaded.',
    ],
  },
];
