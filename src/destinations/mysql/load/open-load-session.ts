import type { LoadContext } from '../../destination.ts';
import { plainSteps } from '../../plain-steps.ts';
import type { Lane, Session } from '../../session.ts';
import { fencedOff } from '../../sql/load-stops.ts';
import { connectPlan, type MysqlConnection, openMysql } from '../connect.ts';
import type { QueryFacts } from '../query-failure.ts';
import { quoteLiteral, quoteQualified } from '../quote.ts';
import type { MysqlSession } from '../session.ts';
import { prepareSession } from '../session-settings.ts';
import type { MysqlSettings } from '../settings.ts';
import { readServer, type ServerFacts } from '../version.ts';
import { bookkeeping, ensureBookkeeping, findMark, laneKey, takeLane } from './bookkeeping.ts';
import { isOutdated, loadFailure } from './load-failure.ts';
import { runLoad } from './run-load.ts';
import { withDeadlines } from './with-deadlines.ts';

/** What loads can be told to do otherwise. */
export interface LoadTuning {
  /** How long one statement waits for a lock, in whole seconds. */
  readonly lockSeconds: number;
  /** More rows than this are staged; fewer go with the statements. */
  readonly givenRows: number;
  /** How long an answer may take that needs no work, and rows that are sent, in milliseconds. */
  readonly answerMilliseconds: number;
  /** Uses LOAD DATA LOCAL where the server allows it. */
  readonly localInfile: boolean;
}

export const usualTuning: LoadTuning = {
  lockSeconds: 5,
  givenRows: 200,
  answerMilliseconds: 60_000,
  localInfile: true,
};

/** A server may answer with bookkeeping of many tables; results of loads stand there too. */
const mostAnswerBytes = 64 * 1024 * 1024;

interface Connected {
  readonly connection: MysqlConnection;
  readonly session: MysqlSession;
  readonly server: ServerFacts;
  readonly facts: QueryFacts;
  /** Schemas whose bookkeeping stands, and whether temporary tables may be made there. */
  readonly schemas: Map<string, { readonly temporary: boolean }>;
}

/**
 * Opens a session of loads. It keeps one connection, and makes a new one after any failure.
 * @throws {LoadFailure}
 */
export async function openLoadSession(
  settings: MysqlSettings,
  context: LoadContext,
  tuning: LoadTuning = usualTuning,
): Promise<Session> {
  let connected: Connected | null = null;

  async function connect(signal: AbortSignal): Promise<Connected> {
    if (connected?.session.isOpen) return connected;
    await disconnect();
    const steps = plainSteps(connectPlan(settings), signal);
    const connection = await openMysql(settings, context, steps, mostAnswerBytes);
    const session = withDeadlines(connection.session, tuning.answerMilliseconds);
    try {
      await prepareSession(session, tuning.lockSeconds, signal);
      const { facts: server } = await readServer(session, signal);
      connected = {
        connection,
        session,
        server: { ...server, localInfile: server.localInfile && tuning.localInfile },
        facts: { ...connection.facts, account: server.account },
        schemas: new Map(),
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
      const failure = signal.aborted ? signal.reason : loadFailure(error, facts, settings.password);
      await disconnect();
      throw failure;
    }
  }

  /** Makes bookkeeping stand, and says what may be made beside it. */
  async function prepareSchema({ session, schemas }: Connected, schema: string, signal: AbortSignal) {
    const known = schemas.get(schema);
    if (known) return known;
    await ensureBookkeeping(session, schema, signal);
    const probe = quoteQualified(schema, '_backstitch_probe');
    const temporary = await session
      .run(`create temporary table ${probe} (c0 integer)`, signal)
      .then(() => session.run(`drop temporary table ${probe}`, signal))
      .then(() => true)
      .catch(() => false);
    const made = { temporary };
    schemas.set(schema, made);
    return made;
  }

  async function stands(open: Connected, lane: Lane, signal: AbortSignal): Promise<boolean> {
    const rows = await open.session.query(
      `select 1 as found from information_schema.tables
       where table_schema = ${quoteLiteral(lane.schema)} and table_name = '_backstitch_loads'`,
      signal,
    );
    return rows.length > 0;
  }

  const session: Session = {
    async load(plan, batches, given) {
      const once = () =>
        withConnection(given, async (open, signal) => {
          const { temporary } = await prepareSchema(open, plan.lane.schema, signal);
          const { givenRows } = tuning;
          return await runLoad({
            session: open.session,
            server: open.server,
            temporary,
            givenRows,
            plan,
            batches,
            signal,
          });
        });
      try {
        return await once();
      } catch (error) {
        // Somebody altered the table between two looks at it; the second time it is seen as it stands.
        if (error instanceof Error && isOutdated(error.cause)) return await once();
        throw error;
      }
    },
    settle: ({ lane, loadId, fence }, given) =>
      withConnection(given, async (open, signal) => {
        const { schema, table } = lane;
        await prepareSchema(open, schema, signal);
        await open.session.run('start transaction', signal);
        if ((await takeLane(open.session, { schema, table, fence }, signal)) === null)
          throw fencedOff(quoteQualified(schema, table), fence);
        const result = await findMark(open.session, schema, loadId, signal);
        await open.session.run('commit', signal);
        return result;
      }),
    marks: (lane) =>
      withConnection(context.signal, async (open, signal) => {
        if (!(await stands(open, lane, signal))) return [];
        const rows = await open.session.query(
          `select load_id from ${bookkeeping(lane.schema).loads}
           where lane_key = ${quoteLiteral(laneKey(lane.table))} and part = 0 order by made_at, load_id`,
          signal,
        );
        return rows.map(({ load_id }) => load_id ?? '');
      }),
    dropMarks: (lane, loadIds) =>
      withConnection(context.signal, async (open, signal) => {
        if (loadIds.length === 0 || !(await stands(open, lane, signal))) return;
        await open.session.run(
          `delete from ${bookkeeping(lane.schema).loads}
           where lane_key = ${quoteLiteral(laneKey(lane.table))} and load_id in (${loadIds.map(quoteLiteral).join(', ')})`,
          signal,
        );
      }),
    [Symbol.asyncDispose]: disconnect,
  };
  await withConnection(context.signal, async () => {});
  return session;
}
