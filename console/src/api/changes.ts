import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { backstitch } from './backstitch.ts';

export interface ChangesScope {
  readonly source?: number | undefined;
  readonly table?: string | undefined;
  readonly page?: number | undefined;
}

/** How loads changed tables, newest first, a hundred at a time. */
export const changesQuery = ({ source, table, page = 1 }: ChangesScope) =>
  queryOptions({
    queryKey: ['changes', source ?? null, table ?? null, page],
    queryFn: ({ signal }) =>
      backstitch.sources
        .schemaChanges({
          signal,
          ...(source !== undefined && { sourceId: source }),
          ...(table !== undefined && { table }),
        })
        .page(page),
    placeholderData: keepPreviousData,
  });

/** Tables whose destination went back in time, and what it lost for good. */
export const gapsQuery = queryOptions({
  queryKey: ['activity', 'gaps'],
  queryFn: async ({ signal }) => {
    const loads = await Array.fromAsync(backstitch.sources.loads({ signal }));
    return loads.flatMap(({ gap, source_name, stream_name }) =>
      gap === undefined ? [] : [{ ...gap, sourceName: source_name, table: stream_name }],
    );
  },
});
