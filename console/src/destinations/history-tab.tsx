import type { DestinationChange } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { historyQuery } from '../api/destinations.ts';
import { Loaded } from '../elements/loaded.tsx';
import { TimeAgo } from '../elements/time.tsx';

const actions: Readonly<Record<DestinationChange['action'], string>> = {
  created: 'Created',
  updated: 'Changed',
  deleted: 'Deleted',
  ssh_host_key_accepted: 'New SSH host key trusted',
};

/** Who changed what, and when. */
export function HistoryTab({ id }: { readonly id: number }) {
  const history = useQuery(historyQuery(id));
  return (
    <Loaded query={history} lines={6}>
      {(changes) => (
        <ol className="history">
          {changes.map((change) => (
            <li key={`${change.at} ${change.revision} ${change.action}`} className="panel">
              <h2>
                {actions[change.action]} <TimeAgo time={change.at} />
              </h2>
              <p className="quiet">
                by {renderActor(change.actor)}, revision {change.revision}
              </p>
              {change.changes.length > 0 && <Changes change={change} />}
              {change.notes.map((note) => (
                <p key={note}>{note}</p>
              ))}
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}

function Changes({ change }: { readonly change: DestinationChange }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Property</th>
          <th>Before</th>
          <th>After</th>
        </tr>
      </thead>
      <tbody>
        {change.changes.map(({ property, from, to }) => {
          // A credential's values are never shown, only that it has a new one.
          const isSecret = from === undefined && to === undefined;
          return (
            <tr key={property}>
              <td data-label="Property">
                <code>{property}</code>
              </td>
              <td data-label="Before">{renderValue(from)}</td>
              <td data-label="After">{isSecret ? 'set, shown to nobody' : renderValue(to)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function renderValue(value: unknown) {
  if (value === undefined || value === null) return <span className="quiet">—</span>;
  return <code className="value">{typeof value === 'string' ? value : JSON.stringify(value)}</code>;
}

/** `token:12` is somebody with the token of that id. */
function renderActor(actor: string): string {
  const [kind, id] = actor.split(':');
  if (kind === 'token') return `a program with token ${id}`;
  if (kind === 'session') return `somebody in this console (session ${id})`;
  if (kind === 'cli') return 'the command line';
  return actor;
}
