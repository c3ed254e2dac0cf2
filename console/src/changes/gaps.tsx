import { useQuery } from '@tanstack/react-query';
import { gapsQuery } from '../api/changes.ts';
import { Notice } from '../elements/notice.tsx';
import { renderQuantity } from '../elements/quantity.ts';
import { renderClock } from '../elements/time.tsx';

/** What is missing in a destination that went back in time, and cannot be loaded again from here; nothing where nothing is. */
export function Gaps() {
  const gaps = useQuery(gapsQuery).data ?? [];
  return gaps.map(({ sourceName, table, loads, rows, from, to, remedy }) => (
    <Notice
      key={`${sourceName}.${table}`}
      tone="bad"
      title={`${renderQuantity(rows, 'row')} of ${sourceName}.${table} ${rows === 1 ? 'is' : 'are'} missing`}
    >
      <p>
        The destination went back in time, as after a restored backup, and has lost{' '}
        {renderQuantity(loads, 'load')}
        {from && to && ` from ${renderClock(from)} to ${renderClock(to)}`}. What was still kept is loaded
        again; this was not.
      </p>
      <p>{remedy}</p>
    </Notice>
  ));
}
