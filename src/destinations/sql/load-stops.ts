import type { TableStop } from '../../shape/shape.ts';
import { LoadFailure, laneFenced, laneMoved } from '../session.ts';

/** The table stops until somebody acts. */
export const stopped = ({ code, message }: TableStop): LoadFailure => {
  const [what = '', ...todo] = message.split(/(?<=\.) /);
  return new LoadFailure('blocked', what, { remedy: todo.join(' '), code });
};

/** Another worker has taken the lane over. @param table as people know it. */
export const fencedOff = (table: string, fence: number): LoadFailure =>
  new LoadFailure(
    'passing',
    `Another worker has taken over loading the table ${table} (the destination has seen a fence above ${fence}).`,
    { remedy: 'Nothing has to be done: the other worker loads on.', code: laneFenced },
  );

/** What stands is not what the store knows of. @param table as people know it. */
export const movedLane = (table: string, loadId: string): LoadFailure =>
  new LoadFailure(
    'passing',
    `The loads of the table ${table} that the destination remembers are not those that this server remembers (seen by load ${loadId}).`,
    { remedy: 'Nothing has to be done: both are compared, and the load is repeated.', code: laneMoved },
  );

/** The batches of a load are not the same each time they are gone through. */
export const changedMeanwhile = (loadId: string): LoadFailure =>
  new LoadFailure('passing', `The batches of load ${loadId} changed while they were loaded.`, {
    remedy: 'Nothing has to be done: the load is repeated.',
    code: 'batches_changed',
  });

/** Somebody alters the table faster than it can be loaded. @param table as people know it. */
export const neverStill = (table: string): LoadFailure =>
  new LoadFailure('passing', `The table ${table} changes all the time.`, {
    remedy: 'The load is repeated. Find out who alters the table, and stop it for a moment.',
    code: 'stale',
  });
