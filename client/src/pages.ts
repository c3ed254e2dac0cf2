import type { CallOptions, Transport } from './transport.ts';
import type { Page } from './wire/page.ts';

/** A long list: `for await (const each of list)` asks for one page after another. */
export interface Pages<T> extends AsyncIterable<T> {
  /** One page of 100; the first is 1. */
  page(number?: number): Promise<Page<T>>;
}

export interface PagesOf extends CallOptions {
  /** Known only when it is asked for. */
  readonly path: () => Promise<string>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
}

export function createPages<T>({ call }: Transport, { path, query = {}, signal }: PagesOf): Pages<T> {
  const page = async (number = 1): Promise<Page<T>> => {
    const { value } = await call<Page<T>>(await path(), { query: { ...query, page: number }, signal });
    return value;
  };
  return {
    page,
    async *[Symbol.asyncIterator]() {
      for (let number = 1; ; number += 1) {
        const { data, links } = await page(number);
        yield* data;
        if (links.next === undefined) return;
      }
    },
  };
}
