import type { SchemaChange } from '@backstitch/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { destinationQuery } from '../api/destinations.ts';
import { CodeBlock } from '../elements/code-block.tsx';
import { readTogether } from './read-together.ts';

/** Who reads a column that was split has to follow. */
export function SplitRemedy({ change }: { readonly change: SchemaChange }) {
  const { after, destination_id: id, dependent_views: views } = change;
  const destination = useQuery(destinationQuery(id)).data?.destination;
  const sql = readTogether(after, destination?.type);
  const mayKeep = destination?.type === 'postgres' && destination.properties.split_keeps_original !== 'true';
  return (
    <div className="remedy" data-tone="warn">
      <p>
        <strong>What to do</strong> Each value stands in the column of its type, the others are NULL.{' '}
        {views.length > 0 ? (
          <>
            These views read the column:{' '}
            {views.map((view, index) => (
              <span key={view}>
                {index > 0 && ', '}
                <code>{view}</code>
              </span>
            ))}
            . They, and whatever else reads it by its old name, have to read these together
          </>
        ) : (
          'Whatever reads the column by its old name has to read these together'
        )}
        {sql === null ? '.' : ':'}
      </p>
      {sql !== null && <CodeBlock text={sql} label="SQL that reads them together" copyLabel="Copy SQL" />}
      <p>
        A type in the schema that is sent keeps columns from being split.
        {mayKeep && (
          <>
            {' '}
            <Link to="/destinations/$id/settings" params={{ id }}>
              Settings of {destination.name}
            </Link>{' '}
            can say that the first column keeps its name.
          </>
        )}
      </p>
    </div>
  );
}
