import type { Replay } from '@backstitch/client';
import { renderCount, renderQuantity } from '../elements/quantity.ts';
import { Status } from '../elements/status.tsx';

type Counted = Pick<Replay, 'batches' | 'batches_remaining' | 'batches_quarantined'>;

/** How far a replay is, in a line. */
export function ReplayState({ replay }: { readonly replay: Replay }) {
  const { state, batches, batches_quarantined: setAside, records, tables } = replay;
  const isStuck = tables.some(({ error }) => error !== null);
  if (state === 'cancelled') return <Status tone="idle">Stopped</Status>;
  if (state === 'loading')
    return (
      <Status tone={isStuck ? 'bad' : 'busy'}>
        {isStuck ? 'Does not get on: ' : ''}
        {renderCount(doneOf(replay))} of {renderQuantity(batches, 'batch', 'batches')} loaded
      </Status>
    );
  return (
    <Status tone={setAside > 0 ? 'warn' : 'good'}>
      {renderQuantity(records, 'record')} loaded once more
      {setAside > 0 && `, but for ${renderQuantity(setAside, 'batch', 'batches')} set aside`}
    </Status>
  );
}

export const doneOf = ({ batches, batches_remaining, batches_quarantined }: Counted): number =>
  batches - batches_remaining - batches_quarantined;
