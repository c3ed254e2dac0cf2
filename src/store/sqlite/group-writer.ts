import { Bug } from '../../errors/bug.ts';
import { Failure, toPlain } from '../../errors/failure.ts';
import type { Clock } from '../../lib/clock.ts';
import { groupLimits } from '../engine.ts';
import type { Operation, Topic } from '../operation.ts';
import { writes } from '../operations/operations.ts';
import type { Connection } from './connection.ts';
import type { Answer, Unit } from './messages.ts';
import { toFailure, troubleOf } from './sqlite-errors.ts';

export interface GroupWriter {
  /**
   * Takes units for as long as `next` has some, up to the limits of a group, and commits them together. A unit that
   * fails takes back what it did and leaves its neighbours alone; when the commit fails, all of them have failed.
   */
  write(next: () => Unit | undefined): WrittenGroup;
}

export interface WrittenGroup {
  readonly answers: readonly Answer[];
  readonly topics: readonly Topic[];
  /** What happened to the disk, after which nothing may be written any more; else null. */
  readonly fatal: Error | null;
}

export interface GroupWriterOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** For tests: called before each commit; what it throws is taken for an error of the commit. */
  readonly beforeCommit?: () => void;
}

export function createGroupWriter({ connection, clock, beforeCommit }: GroupWriterOptions): GroupWriter {
  const { db } = connection;
  const group = {
    begin: db.prepare('begin immediate'),
    commit: db.prepare('commit'),
    rollback: db.prepare('rollback'),
  };
  const savepoint = {
    set: db.prepare('savepoint unit'),
    release: db.prepare('release unit'),
    rollback: db.prepare('rollback to unit'),
  };

  const writeUnit = (unit: Unit, topics: Set<Topic>): Answer => {
    const touched: Topic[] = [];
    savepoint.set.run();
    try {
      const operation = writes[unit.name] as Operation<never, unknown>;
      const context = { now: unit.now, notify: (topic: Topic) => void touched.push(topic) };
      const value = connection.finish(operation(unit.input as never, context));
      savepoint.release.run();
      for (const topic of touched) topics.add(topic);
      return { id: unit.id, value };
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble !== null && trouble !== 'statement') throw error;
      savepoint.rollback.run();
      savepoint.release.run();
      return refuse(unit, error);
    }
  };

  return {
    write(next) {
      const taken: Unit[] = [];
      const answers: Answer[] = [];
      const topics = new Set<Topic>();
      const end = clock.monotonic() + groupLimits.milliseconds;
      let bytes = 0;
      let unit = next();
      if (unit) taken.push(unit);
      try {
        group.begin.run();
        while (unit) {
          answers.push(writeUnit(unit, topics));
          bytes += unit.bytes;
          unit = bytes < groupLimits.bytes && clock.monotonic() < end ? next() : undefined;
          if (unit) taken.push(unit);
        }
        beforeCommit?.();
        group.commit.run();
        return { answers, topics: [...topics], fatal: null };
      } catch (error) {
        const trouble = troubleOf(error) ?? 'fatal';
        // Some errors have ended the transaction already. After a fatal one nothing is touched any more.
        if (trouble !== 'fatal' && db.inTransaction) group.rollback.run();
        const failure = toFailure(trouble, error);
        return {
          answers: taken.map((each) => refuse(each, failure)),
          topics: [],
          fatal: trouble === 'fatal' ? (error as Error) : null,
        };
      }
    },
  };
}

function refuse({ id, name }: Unit, error: unknown): Answer {
  if (error instanceof Failure) return { id, failure: toPlain(error) };
  const { message, stack } = error instanceof Error ? error : new Bug(String(error));
  return { id, bug: { message: `${name}: ${message}`, stack } };
}
