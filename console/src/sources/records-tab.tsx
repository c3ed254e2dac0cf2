import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { batchesQuery, sourceQuery, stuckBatchesQuery, tokensQuery } from '../api/sources.ts';
import { Loaded } from '../elements/loaded.tsx';
import { TableList } from '../loads/table-list.tsx';
import { useActivity } from '../loads/use-tables.ts';
import { ReplayList } from '../replays/replay-list.tsx';
import { BatchList } from './batch-list.tsx';
import { SendExample } from './send-example.tsx';
import { StuckBatches } from './stuck-batches.tsx';

/** What a source has sent and what became of it, its tokens, and how to send more. */
export function RecordsTab({ id }: { readonly id: number }) {
  const source = useQuery(sourceQuery(id)).data;
  const activity = useActivity(24, { source: id });
  const batches = useQuery(batchesQuery(id));
  const stuck = useQuery(stuckBatchesQuery(id)).data ?? [];
  const explained = new Set(stuck.map(({ table_name }) => table_name));
  return (
    <>
      <Loaded query={batches}>
        {(all) =>
          all.length === 0 ? (
            <section className="panel panel-next" aria-labelledby="waiting-title">
              <h2 id="waiting-title">Waiting for the first record</h2>
              <p role="status">
                Nothing has come yet. Issue a token and send this from a shell; the record appears here by
                itself.
              </p>
              <SendExample token={null} />
            </section>
          ) : (
            <>
              <StuckBatches batches={stuck} sourceId={id} destinationId={source?.destination_id ?? null} />
              <section className="panel">
                <h2>Tables</h2>
                <Loaded query={activity}>
                  {({ tables }) => <TableList tables={tables} of="source" explained={explained} />}
                </Loaded>
              </section>
              <section className="panel">
                <h2>Newest batches</h2>
                <BatchList batches={all} schema={source?.name ?? ''} />
              </section>
              <ReplayList sourceId={id} />
              <details className="panel">
                <summary>How to send records</summary>
                <SendExample token={null} />
              </details>
            </>
          )
        }
      </Loaded>
      <Tokens id={id} />
    </>
  );
}

function Tokens({ id }: { readonly id: number }) {
  const tokens = useQuery(tokensQuery(id));
  return (
    <section className="panel" aria-labelledby="tokens-title">
      <header className="panel-header">
        <div>
          <h2 id="tokens-title">Tokens</h2>
          <p className="quiet">
            They may send records of this source and nothing else. Two at most, so that one can replace the
            other.
          </p>
        </div>
        {(tokens.data?.length ?? 2) < 2 && (
          <Link to="/sources/$id/token" params={{ id }} className="button button-primary">
            Issue a token
          </Link>
        )}
      </header>
      <Loaded query={tokens} lines={1}>
        {(ids) =>
          ids.length === 0 ? (
            <p className="quiet">None yet.</p>
          ) : (
            <ul className="plain-list">
              {ids.map((token) => (
                <li key={token} className="row">
                  <span>
                    Token <code>{token}</code>
                  </span>
                  <Link
                    to="/sources/$id/revoke/$token"
                    params={{ id, token }}
                    className="button button-small"
                  >
                    Revoke
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
