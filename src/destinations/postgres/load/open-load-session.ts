import { type BoundedCache, createBoundedCache } from '../../../lib/bounded-cache.ts';
import type { LoadResult } from '../../../model/load-result.ts';
import { cleanName } from '../../../shape/names.ts';
import { pathText } from '../../../shape/shape.ts';
import type { LoadContext } from '../../destination.ts';
import { plainSteps } from '../../plain-steps.ts';
import type { Lane, LoadBatch, LoadPlan, Session } from '../../session.ts';
import { connectPlan, openPostgres, type PostgresConnection } from '../connect.ts';
import { dialectFor, postgresDialect } from '../dialect.ts';
import type { QueryFacts } from '../query-failure.ts';
import { isServerError } from '../server-words.ts';
import type { PostgresSession } from '../session.ts';
import type { PostgresSettings } from '../settings.ts';
import { lockFailure } from './blocking-sessions.ts';
import { bookkeeping, ensureBookkeeping } from './bookkeeping.ts';
import type { RememberedLane } from './commit-load.ts';
import { isOutdated, loadFailure } from './load-failure.ts';
import { addressOf, recallLoads } from './past-loads.ts';
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
  /** Schemas whose bookkeeping stands, with the ids of their places. */
  readonly schemas: Map<string, string>;
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
  const dialect = dialectFor(settings);

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
      await session.script(sessionSettings(settings.lockMilliseconds ?? tuning.lockMilliseconds), signal);
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
        schemas: new Map(),
        remembered: createBoundedCache({ maxSize: mostRemembered }),
      };
      return connected;
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      const { username: role, database, password } = settings;
      throw loadFailure(error, { ...connection.facts, role, database }, password);
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
    const known = facts && lane ? { ...facts, schema: lane.schema } : facts;
    const failure = loadFailure(error, known, settings.password);
    const session = connected?.connection.session;
    if (lane === null || !session?.isOpen || !isServerError(error) || error.code !== '55P03') return failure;
    const table = cleanName(lane.table, postgresDialect.names);
    // Who it was is worth a question, no second failure.
    return await lockFailure({ session, schema: lane.schema, table, cause: error, signal }).catch(
      () => failure,
    );
  }

  async function load(
    plan: LoadPlan,
    batches: AsyncIterable<LoadBatch>,
    given: AbortSignal,
    isRehearsal: boolean,
  ): Promise<LoadResult> {
    const once = (): Promise<LoadResult> =>
      withConnection(plan.lane, given, async (open, signal) => {
        const { schema } = plan.lane;
        const { session } = open.connection;
        await placeOf(open, schema, signal);
        const { remembered, temporary, facts } = open;
        return await runLoad({
          session,
          dialect,
          role: facts.role,
          temporary,
          givenRows: tuning.givenRows,
          plan,
          batches,
          remembered,
          isRehearsal,
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
  }

  const session: Session = {
    load: (plan, batches, given) => load(plan, batches, given, false),
    async rehearse(plan, batches, given) {
      await load(plan, batches, given, true);
    },
    settle: (plan, given) =>
      withConnection(plan.lane, given, async (open, signal) => {
        open.schemas.delete(plan.lane.schema);
        await placeOf(open, plan.lane.schema, signal);
        return await settleLoad(open.connection.session, plan, signal);
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
    recall: (lane, asked, given) =>
      withConnection(lane, given, async (open, signal) => {
        const id = await placeOf(open, lane.schema, signal);
        const recalled = await recallLoads(open.connection.session, lane, asked, signal);
        return { place: { id, address: addressOf(settings) }, ...recalled };
      }),
    [Symbol.asyncDispose]: disconnect,
  };
  await withConnection(null, context.signal, async () => {});
  return session;
}

/** The id of the place, whose bookkeeping stands then. */
async function placeOf(
  { schemas, connection: { session }, facts }: Connected,
  schema: string,
  signal: AbortSignal,
): Promise<string> {
  const known = schemas.get(schema);
  if (known !== undefined) return known;
  const id = await ensureBookkeeping(session, schema, facts.role, signal);
  schemas.set(schema, id);
  return id;
}

async function stands(session: PostgresSession, table: string, signal: AbortSignal): Promise<boolean> {
  const [found] = await session.query<{ stands: boolean }>(
    'select to_regclass($1) is not null as stands',
    [table],
    signal,
  );
  return found?.stands === true;
}
