import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { Failure } from '../../errors/failure.ts';
import { groupLimits, usualBytes } from '../engine.ts';
import type { Operation, Topic } from '../operation.ts';
import { type InputOf, type OutputOf, type WriteName, writes } from '../operations/operations.ts';
import { finish, openPool, QueryError, serverTime, translate } from './connection.ts';
import { channelOf } from './notifications.ts';
import { toFailure, troubleOf } from './postgres-errors.ts';

/** Commits writes in groups over one connection; while one group is under way the next one gathers. */
export interface WriteQueue extends AsyncDisposable {
  write<Name extends WriteName>(name: Name, input: InputOf<Name>, bytes?: number): Promise<OutputOf<Name>>;
}

export interface WriteQueueOptions {
  readonly url: string;
  /** This process, for those who hear what it tells. */
  readonly self: string;
  readonly onTopics: (topics: readonly Topic[]) => void;
}

interface Unit {
  readonly name: WriteName;
  readonly input: unknown;
  readonly bytes: number;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Each takes several trips to the server, and all of them hold their locks until the end. */
const maximalUnits = 40;
const maximalAttempts = 6;

export function openWriteQueue({ url, self, onTopics }: WriteQueueOptions): WriteQueue {
  const pool = openPool(url, 1);
  const queue: Unit[] = [];
  let working: Promise<void> | null = null;
  let closed = false;

  const work = async () => {
    while (queue.length > 0) {
      const units = takeGroup(queue);
      try {
        const { outcomes, topics } = await commitGroup(pool, units, self);
        units.forEach((unit, at) => void settle(unit, outcomes[at]));
        if (topics.length > 0) onTopics(topics);
      } catch (error) {
        for (const { reject } of units) reject(translate(error));
      }
    }
    working = null;
  };

  return {
    write(name, input, bytes = usualBytes) {
      if (closed) return Promise.reject(new Failure('StoreUnavailable', 'The store is closed.'));
      const { promise, resolve, reject } = Promise.withResolvers<OutputOf<typeof name>>();
      queue.push({ name, input, bytes, resolve: resolve as Unit['resolve'], reject });
      working ??= new Promise<void>((done) => setImmediate(done)).then(work);
      return promise;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await working;
      await pool.end();
    },
  };
}

function takeGroup(queue: Unit[]): Unit[] {
  let bytes = 0;
  const beyond = queue.findIndex((unit, at) => {
    bytes += unit.bytes;
    return at > 0 && (at >= maximalUnits || bytes > groupLimits.bytes);
  });
  return queue.splice(0, beyond === -1 ? queue.length : beyond);
}

function settle({ resolve, reject }: Unit, outcome: Outcome | undefined): void {
  if (outcome && 'value' in outcome) resolve(outcome.value as never);
  else reject(outcome?.error);
}

interface CommittedGroup {
  readonly outcomes: readonly Outcome[];
  readonly topics: readonly Topic[];
}

/** Repeats the whole group while it loses against other processes: nothing of it has happened then. */
async function commitGroup(pool: pg.Pool, units: readonly Unit[], self: string): Promise<CommittedGroup> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    let lost: unknown;
    try {
      return await runGroup(client, units, self);
    } catch (error) {
      lost = error;
      if (troubleOf(error) !== 'conflict') throw error;
      if (attempt === maximalAttempts) throw toFailure('conflict', error);
    } finally {
      // A connection that has failed in the middle of a transaction is not used again.
      client.release(lost !== undefined);
    }
    await wait(Math.random() * 20 * attempt);
  }
}

async function runGroup(
  client: pg.PoolClient,
  units: readonly Unit[],
  self: string,
): Promise<CommittedGroup> {
  const topics = new Set<Topic>();
  const now = await begin(client);
  const outcomes: Outcome[] = [];
  for (const unit of units) {
    const outcome = await runUnit(client, unit, now, topics);
    outcomes.push(outcome);
    await client.query(
      'value' in outcome ? 'release savepoint unit; savepoint unit' : 'rollback to savepoint unit',
    );
  }
  for (const topic of topics) await client.query('select pg_notify($1, $2)', [channelOf(topic), self]);
  await client.query('commit');
  return { outcomes, topics: [...topics] };
}

/** @throws what concerns the whole group; anything else is the unit's own outcome. */
async function runUnit(
  client: pg.PoolClient,
  { name, input }: Unit,
  now: number,
  topics: Set<Topic>,
): Promise<Outcome> {
  const touched: Topic[] = [];
  const operation = writes[name] as Operation<never, unknown>;
  const context = { now, notify: (topic: Topic) => void touched.push(topic) };
  try {
    const value = await finish(operation(input as never, context), client);
    for (const topic of touched) topics.add(topic);
    return { value };
  } catch (error) {
    if (!(error instanceof QueryError)) return { error };
    if (error.trouble !== 'statement') throw error.cause;
    return { error: translate(error.cause) };
  }
}

/**
 * Begins, with a first savepoint; the server's time. Whatever the database's defaults are: operations rely on seeing
 * what others committed before they got a lock, and callers on what is acknowledged being on the disk.
 */
async function begin(client: pg.PoolClient): Promise<number> {
  const results = (await client.query(`
    begin isolation level read committed read write;
    select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off';
    savepoint unit;
    select ${serverTime} as now`)) as unknown as pg.QueryResult[];
  return results.at(-1)?.rows[0].now;
}
