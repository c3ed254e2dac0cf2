import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { changesQuery } from '../api/changes.ts';
import { Empty } from '../elements/empty.tsx';
import { Loaded } from '../elements/loaded.tsx';
import { Page } from '../elements/page.tsx';
import { SourceFilter } from '../elements/source-filter.tsx';
import { ChangeList } from './change-list.tsx';
import { Gaps } from './gaps.tsx';

export interface ChangesSearch {
  readonly source?: number;
  readonly table?: string;
  readonly page?: number;
}

/** What loads made of tables, which views hang on it, and what a destination has lost. */
export function ChangesPage({ search }: { readonly search: ChangesSearch }) {
  const changes = useQuery(changesQuery(search));
  const { source, table, page: number = 1 } = search;
  return (
    <Page title="Changes of tables">
      <Gaps />
      <SourceFilter to="/changes" source={source} table={table} />
      <Loaded query={changes} lines={8}>
        {({ data, links }) =>
          data.length === 0 ? (
            <Empty title={number > 1 ? 'No more changes' : 'No table was changed'}>
              When a load makes a table, adds a column, or splits one because values of a second type came, it
              stands here, with the views that read it. A webhook can tell of it as it happens.
            </Empty>
          ) : (
            <>
              <ChangeList changes={data} />
              {(links.next !== undefined || links.previous !== undefined) && (
                <nav className="form-actions" aria-label="Pages">
                  {links.previous !== undefined && (
                    <Link to="/changes" search={{ ...search, page: number - 1 }} className="button">
                      Newer
                    </Link>
                  )}
                  {links.next !== undefined && (
                    <Link to="/changes" search={{ ...search, page: number + 1 }} className="button">
                      Older
                    </Link>
                  )}
                </nav>
              )}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
