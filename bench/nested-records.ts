import { flatRecords, flatSchema } from './flat-records.ts';

/** W3: 40 columns with a three-level object and an array of objects; about 1,020 bytes as JSON. */
export function nestedRecords(count: number, from: number): object[] {
  return flatRecords(count, from).map((flat, index) => ({
    ...flat,
    ...Object.fromEntries(
      Array.from({ length: 18 }, (_, place) => [`value_${place}`, (from + index + place) % 1000]),
    ),
    customer: {
      name: `customer ${index}`,
      level: index % 5,
      address: {
        street: `street ${index % 313}`,
        zip: String(10_000 + index),
        geo: { latitude: index / 128, longitude: -index / 64, source: 'survey' },
      },
    },
    ...Object.fromEntries(
      Array.from({ length: 5 }, (_, place) => [`flag_${place}`, (index + place) % 2 === 0]),
    ),
    items: Array.from({ length: 3 }, (_, place) => ({
      product: `product ${(index + place) % 97}`,
      quantity: 1 + (place % 4),
      price: (index % 1000) / 8,
    })),
  }));
}

const of = (type: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { type: ['null', type] }]));
const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, place) => `${name}_${place}`);

export const nestedSchema = {
  type: 'object',
  properties: {
    ...flatSchema.properties,
    ...of('integer', numbered('value', 18)),
    customer: {
      type: 'object',
      properties: {
        ...of('string', ['name']),
        ...of('integer', ['level']),
        address: {
          type: 'object',
          properties: {
            ...of('string', ['street', 'zip']),
            geo: {
              type: 'object',
              properties: { ...of('number', ['latitude', 'longitude']), ...of('string', ['source']) },
            },
          },
        },
      },
    },
    ...of('boolean', numbered('flag', 5)),
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          ...of('string', ['product']),
          ...of('integer', ['quantity']),
          ...of('number', ['price']),
        },
      },
    },
  },
};
