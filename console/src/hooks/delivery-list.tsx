import type { HookDelivery } from '@backstitch/client';
import type { Tone } from '../elements/notice.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { Status } from '../elements/status.tsx';
import { renderClock, TimeAgo } from '../elements/time.tsx';

const states: Readonly<Record<HookDelivery['state'], readonly [Tone, string]>> = {
  waiting: ['busy', 'On its way'],
  sent: ['good', 'Received'],
  failed: ['bad', 'Given up'],
  dropped: ['idle', 'Not sent'],
};

export function DeliveryState({ delivery }: { readonly delivery: HookDelivery }) {
  const [tone, text] = states[delivery.state];
  const isRepeated = delivery.state === 'waiting' && delivery.error !== null;
  return <Status tone={isRepeated ? 'warn' : tone}>{isRepeated ? 'Is sent again' : text}</Status>;
}

/** What was sent to a URL, newest first, and what became of it. */
export function DeliveryList({ deliveries }: { readonly deliveries: readonly HookDelivery[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Made</th>
          <th>State</th>
          <th className="number">Attempts</th>
          <th>Answer</th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <tr key={delivery.id}>
            <td data-label="Made" className="time">
              <TimeAgo time={delivery.created_at} />
              {delivery.test && <span className="quiet"> (a test)</span>}
            </td>
            <td data-label="State">
              <DeliveryState delivery={delivery} />
            </td>
            <td data-label="Attempts" className="number">
              {delivery.attempts}
            </td>
            <td data-label="Answer">
              <Answer delivery={delivery} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Answer({ delivery }: { readonly delivery: HookDelivery }) {
  const { state, attempts, status_code, error, next_attempt_at } = delivery;
  if (error === null) return status_code ?? <span className="quiet">—</span>;
  return (
    <>
      <p>{error}</p>
      {next_attempt_at !== null && state === 'waiting' && (
        <p className="quiet">
          Next attempt at {renderClock(next_attempt_at)}, after {renderQuantity(attempts, 'attempt')}.
        </p>
      )}
    </>
  );
}
