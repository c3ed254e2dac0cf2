import type { StepEvent } from '../checks/checks.ts';
import type { Check } from '../model/check.ts';
import type { AccountEvent } from '../model/event.ts';
import type { Lately } from '../store/event-store.ts';

/** What was read of late as events, oldest first. */
export function toEvents(lately: Lately): AccountEvent[] {
  const { running, ended, planned, loaded, failed, rejected, tableChanges, destinationChanges } = lately;
  const events: AccountEvent[] = [
    ...running.flatMap((check) => stepsOf(check, lately.now)),
    ...ended.map((check) =>
      event(check.completedAt ?? 0, `check.completed:${check.name}`, { type: 'check.completed', check }),
    ),
    ...planned.map((load) =>
      event(load.batchedAt, `load.planned:${load.loadId}`, { type: 'load.planned', load }),
    ),
    ...loaded.map((load) =>
      event(load.completedAt, `load.loaded:${load.loadId}`, { type: 'load.loaded', load }),
    ),
    ...failed.map(({ at, ...failure }) =>
      event(at, `load.failed:${failure.sourceId}:${encodeURIComponent(failure.table)}`, {
        type: 'load.failed',
        failure,
      }),
    ),
    ...rejected.map(({ id, at, ...part }) =>
      event(at, `records.rejected:${id}`, { type: 'records.rejected', rejected: part }),
    ),
    ...tableChanges.map(({ id, ...change }) =>
      event(change.changedAt, `table.changed:${id}`, { type: 'table.changed', change }),
    ),
    ...destinationChanges.map(({ at, number, ...change }) =>
      event(at, `destination:${change.destinationId}:${number}`, {
        type: change.action === 'deleted' ? 'destination.deleted' : 'destination.changed',
        change,
      }),
    ),
  ];
  return events.sort(inOrder);
}

/** A step as this process hears of it, before it is stored. */
export const toStepEvent = (
  { checkName, destinationId, stepName, step }: StepEvent,
  now: number,
): AccountEvent =>
  event(now, stepKey(checkName, stepName, step === null), {
    type: 'check.step',
    step: { checkName, destinationId, name: stepName, ended: step },
  });

/**
 * What makes two tellings the same. A step is told by the process that runs its check, and found in the store by the
 * others: its time is when it was heard of, all else has the time of its commit.
 */
export const keyOf = ({ id, type }: AccountEvent): string =>
  type === 'check.step' ? id.slice(id.indexOf('-')) : id;

/** By time; at the same time a table has changed before rows are loaded, and steps stay in their order. */
const inOrder = (one: AccountEvent, other: AccountEvent): number =>
  one.at - other.at || rank(one) - rank(other);

const ranks: readonly AccountEvent['type'][] = [
  'destination.changed',
  'check.step',
  'check.completed',
  'load.planned',
  'table.changed',
  'records.rejected',
  'load.loaded',
  'load.failed',
  'destination.deleted',
];
const rank = ({ type }: AccountEvent): number => ranks.indexOf(type);

type Facts = AccountEvent extends infer One
  ? One extends AccountEvent
    ? Omit<One, 'id' | 'at'>
    : never
  : never;

const event = (at: number, key: string, facts: Facts): AccountEvent =>
  ({ ...facts, id: `${at}-${key}`, at }) as AccountEvent;

const stepKey = (checkName: string, stepName: string, hasBegun: boolean): string =>
  `check.step:${checkName}:${stepName}${hasBegun ? ':begun' : ''}`;

const stepsOf = (check: Check, now: number): AccountEvent[] =>
  check.steps.map((step) =>
    toStepEvent(
      {
        accountId: check.accountId,
        destinationId: check.destinationId,
        checkName: check.name,
        stepName: step.name,
        step,
      },
      now,
    ),
  );
