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
  const [begin, commit, rollback] = ['begin immediate', 'commit', 'rollback'].map((text) => db.prepare(text));
  const [enter, leave, undo] = ['savepoint unit', 'release unit', 'rollback to unit'].map((text) =>
    db.prepare(text),
  );

  const writeUnit = (unit: Unit, topics: Set<Topic>): Answer => {
    const touched: Topic[] = [];
    enter?.run();
    try {
      const operation = writes[unit.name] as Operation<never, unknown>;
      const context = { now: unit.now, notify: (topic: Topic) => void touched.push(topic) };
      const value = connection.finish(operation(unit.input as never, context));
      leave?.run();
      for (const topic of touched) topics.add(topic);
      return { id: unit.id, value };
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble !== null && trouble !== 'statement') throw error;
      undo?.run();
      leave?.run();
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
        begin?.run();
        while (unit) {
          answers.push(writeUnit(unit, topics));
          bytes += unit.bytes;
          unit = bytes < groupLimits.bytes && clock.monotonic() < end ? next() : undefined;
          if (unit) taken.push(unit);
        }
        beforeCommit?.();
        commit?.run();
        return { answers, topics: [...topics], fatal: null };
      } catch (error) {
        const trouble = troubleOf(error) ?? 'fatal';
        // Some errors have ended the transaction already. After a fatal one nothing is touched any more.
        if (trouble !== 'fatal' && db.inTransaction) rollback?.run();
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
