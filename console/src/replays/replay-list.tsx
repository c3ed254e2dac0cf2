import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { destinationsQuery } from '../api/destinations.ts';
import { replaysQuery } from '../api/replays.ts';
import { TimeAgo } from '../elements/time.tsx';
import { ReplayState } from './replay-state.tsx';

/** The newest replays of a source; nothing where there was none. */
export function ReplayList({ sourceId }: { readonly sourceId: number }) {
  const replays = useQuery(replaysQuery(sourceId)).data ?? [];
  const destinations = useQuery(destinationsQuery).data ?? [];
  if (replays.length === 0) return null;
  return (
    <section className="panel">
      <h2>Replays</h2>
      <ul className="plain-list">
        {replays.slice(0, 5).map((replay) => (
          <li key={replay.id} className="row">
            <Link to="/sources/$id/replays/$replay" params={{ id: sourceId, replay: replay.id }}>
              Into {destinations.find(({ id }) => id === replay.destination_id)?.name ?? 'a destination'},{' '}
              <TimeAgo time={replay.created_at} />
            </Link>
            <ReplayState replay={replay} />
          </li>
        ))}
      </ul>
    </section>
  );
}
