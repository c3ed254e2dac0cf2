/** W1: an integer key, three short strings, two floats, two booleans, two ISO timestamps; about 294 bytes as JSON. */
export function flatRecords(count: number, from: number): object[] {
  return Array.from({ length: count }, (_, index) => {
    const id = from + index;
    return {
      id,
      first_name: `first name number ${(id * 7919) % 100_003}`,
      city: `city ${(id * 104_729) % 1009}`,
      comment: `some words about the record ${id}, long enough to count`,
      price: ((id * 31) % 1_000_003) / 128,
      weight: ((id * 17) % 99_991) / 3,
      is_active: id % 3 === 0,
      is_paid: id % 2 === 0,
      created_at: new Date(1_500_000_000_000 + id * 61_007).toISOString(),
      updated_at: new Date(1_600_000_000_000 + id * 31_013).toISOString(),
    };
  });
}

const dateTime = { type: ['null', 'string'], format: 'date-time' };

export const flatSchema = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    first_name: { type: ['null', 'string'] },
    city: { type: ['null', 'string'] },
    comment: { type: ['null', 'string'] },
    price: { type: ['null', 'number'] },
    weight: { type: ['null', 'number'] },
    is_active: { type: ['null', 'boolean'] },
    is_paid: { type: ['null', 'boolean'] },
    created_at: dateTime,
    updated_at: dateTime,
  },
};
