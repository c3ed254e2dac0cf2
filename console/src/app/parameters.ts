import { notFound } from '@tanstack/react-router';

/** The id in a path. @throws what shows that there is no such page */
export function parseId(text: string): number {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (id === 0) throw notFound();
  return id;
}

/** For the parameter `$id` of a path. */
export const byId = {
  parse: ({ id }: { id: string }) => ({ id: parseId(id) }),
  stringify: ({ id }: { id: number }) => ({ id: String(id) }),
};

export const positive = <Name extends string>(search: Record<string, unknown>, name: Name) => {
  const number = Number(search[name]);
  return (Number.isSafeInteger(number) && number > 0 ? { [name]: number } : {}) as { [key in Name]?: number };
};

/** A table may be called `1`, which a query has as a number. */
export const text = <Name extends string>(search: Record<string, unknown>, name: Name) =>
  (search[name] === undefined ? {} : { [name]: String(search[name]) }) as { [key in Name]?: string };
