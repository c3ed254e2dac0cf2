import { type BoundedCache, createBoundedCache } from '../../../lib/bounded-cache.ts';
import type { LoadResult } from '../../../model/load-result.ts';
import { cleanName } from '../../../shape/names.ts';
import { pathText } from '../../../shape/shape.ts';
import type { LoadContext } from '../../destination.ts';
import { plainSteps } from '../../plain-steps.ts';
import type { Lane, Session } from '../../session.ts';
import { connectPlan, openPostgres, type PostgresConnection } from '../connect.ts';
import { postgresDialect } from '../dialect.ts';
import type { QueryFacts } from '../query-failure.ts';
import { isServerError } from '../server-words.ts';
import type { PostgresSession } from '../session.ts';
import type { PostgresSettings } from '../settings.ts';
import { lockFailure } from './blocking-sessions.ts';
import { bookkeeping, ensureBookkeeping } from './bookkeeping.ts';
import type { RememberedLane } from './commit-load.ts';
import { isOutdated, loadFailure } from './load-failure.ts';
import { runLoad } from './run-load.ts';
import { type LoadTuning, sessionSettings, usualTuning } from './session-settings.ts';
import { settleLoad } from './settle-load.ts';
import { withDeadlines } from './with-deadlines.ts';

/** Loads read little: the largest answer is a catalog of many wide tables. */
const mostAnswerBytes = 64 * 1_048_576;
/** Lanes whose tables are remembered. */
const mostRemembered = 400;

/** What is open at the moment, and what was learned over it. */
interface Connected {
  readonly connection: PostgresConnection;
  readonly facts: QueryFacts;
  readonly temporary: boolean;
  /** Schemas whose bookkeeping stands. */
  readonly schemas: Set<string>;
  readonly remembered: BoundedCache<string, RememberedLane>;
}

/**
 * Opens a session of loads. It keeps one connection, and makes a new one after any failure: what was remembered of
 * tables goes with the old one.
 * @throws {LoadFailure}
 */
export async function openLoadSession(
  settings: PostgresSettings,
  context: LoadContext,
  tuning: LoadTuning = usualTuning,
): Promise<Session> {
  let connected: Connected | null = null;

  async function connect(signal: AbortSignal): Promise<Connected> {
    if (connected?.connection.session.isOpen) return connected;
    await disconnect();
    const opened = await openPostgres(
      settings,
      context,
      plainSteps(connectPlan(settings), signal),
      mostAnswerBytes,
    );
    const connection = { ...opened, session: withDeadlines(opened.session, tuning.answerMilliseconds) };
    try {
      const { session } = connection;
      await session.script(sessionSettings(tuning.lockMilliseconds), signal);
      const [about] = await session.query<{ role: string; database: string; temporary: boolean }>(
        `select current_user::text as role, current_database()::text as database,
           has_database_privilege(current_database(), 'TEMPORARY') as temporary`,
        [],
        signal,
      );
      const { role = settings.username, database = settings.database, temporary = false } = about ?? {};
      connected = {
        connection,
        facts: { ...connection.facts, role, database },
        temporary,
        schemas: new Set(),
        remembered: createBoundedCache({ maxSize: mostRemembered }),
      };
      return connected;
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
  }

  async function disconnect(): Promise<void> {
    const open = connected;
    connected = null;
    await open?.connection[Symbol.asyncDispose]();
  }

  /** Whatever goes wrong is put into words once, and ends the connection. */
  async function withConnection<T>(
    lane: Lane | null,
    given: AbortSignal,
    work: (open: Connected, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.any([given, context.signal]);
    let facts: QueryFacts | null = null;
    try {
      const open = await connect(signal);
      facts = open.facts;
      return await work(open, signal);
    } catch (error) {
      const failure = await explain(error, facts, lane, signal);
      await disconnect();
      throw failure;
    }
  }

  async function explain(error: unknown, facts: QueryFacts | null, lane: Lane | null, signal: AbortSignal) {
    if (signal.aborted) return signal.reason;
    const failure = loadFailure(error, facts, settings.password);
    const session = connected?.connection.session;
    if (lane === null || !session?.isOpen || !isServerError(error) || error.code !== '55P03') return failure;
    const table = cleanName(lane.table, postgresDialect.names);
    // Who it was is worth a question, no second failure.
    return await lockFailure({ session, schema: lane.schema, table, cause: error, signal }).catch(
      () => failure,
    );
  }

  const session: Session = {
    async load(plan, batches, given) {
      const once = (): Promise<LoadResult> =>
        withConnection(plan.lane, given, async (open, signal) => {
          const { schema } = plan.lane;
          const { session } = open.connection;
          if (!open.schemas.has(schema)) await ensureBookkeeping(session, schema, open.facts.role, signal);
          open.schemas.add(schema);
          const { remembered, temporary, facts } = open;
          return await runLoad({
            session,
            role: facts.role,
            temporary,
            givenRows: tuning.givenRows,
            plan,
            batches,
            remembered,
            signal,
          });
        });
      try {
        return await once();
      } catch (error) {
        // Somebody altered what was remembered; the second time it is seen as it stands.
        if (error instanceof Error && isOutdated(error.cause)) return await once();
        throw error;
      }
    },
    settle: (plan, given) =>
      withConnection(plan.lane, given, async ({ connection: { session }, facts }, signal) => {
        await ensureBookkeeping(session, plan.lane.schema, facts.role, signal);
        return await settleLoad(session, plan, signal);
      }),
    async marks(lane) {
      return await withConnection(lane, context.signal, async ({ connection: { session } }, signal) => {
        const { loads } = bookkeeping(lane.schema);
        if (!(await stands(session, loads, signal))) return [];
        const rows = await session.query<{ load_id: string }>(
          `select load_id from ${loads} where lane = $1 and part = 0 order by made_at, load_id`,
          [pathText([[lane.table]])],
          signal,
        );
        return rows.map(({ load_id }) => load_id);
      });
    },
    async dropMarks(lane, loadIds) {
      await withConnection(lane, context.signal, async ({ connection: { session } }, signal) => {
        const { loads } = bookkeeping(lane.schema);
        if (loadIds.length === 0 || !(await stands(session, loads, signal))) return;
        await session.query(
          `delete from ${loads} where lane = $1 and load_id = any ($2::text[])`,
          [pathText([[lane.table]]), [...loadIds]],
          signal,
        );
      });
    },
    [Symbol.asyncDispose]: disconnect,
  };
  await withConnection(null, context.signal, async () => {});
  return session;
}

async function stands(session: PostgresSession, table: string, signal: AbortSignal): Promise<boolean> {
  const [found] = await session.query<{ stands: boolean }>(
    'select to_regclass($1) is not null as stands',
    [table],
    signal,
  );
  return found?.stands === true;
}
