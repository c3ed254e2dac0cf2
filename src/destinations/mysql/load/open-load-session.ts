import type { LoadResult } from '../../../model/load-result.ts';
import type { LoadContext } from '../../destination.ts';
import { plainSteps } from '../../plain-steps.ts';
import type { LoadBatch, LoadPlan, Session } from '../../session.ts';
import { fencedOff } from '../../sql/load-stops.ts';
import { connectPlan, type MysqlConnection, openMysql } from '../connect.ts';
import type { QueryFacts } from '../query-failure.ts';
import { quoteQualified } from '../quote.ts';
import type { MysqlSession } from '../session.ts';
import { prepareSession } from '../session-settings.ts';
import type { MysqlSettings } from '../settings.ts';
import { readServer, type ServerFacts } from '../version.ts';
import { ensureBookkeeping, findMark, takeLane } from './bookkeeping.ts';
import type { LaneHold } from './commit-load.ts';
import { isOutdated, loadFailure } from './load-failure.ts';
import { addressOf, dropMarks, recallLoads, standingMarks } from './past-loads.ts';
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
  /** Schemas whose bookkeeping stands, whether temporary tables may be made there, and the ids of their places. */
  readonly schemas: Map<string, { readonly temporary: boolean; readonly placeId: string }>;
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
  /** Of the load that was tried last. */
  let held: { readonly loadId: string; readonly hold: LaneHold } | null = null;

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
      throw loadFailure(error, { ...connection.facts, account: settings.username }, settings.password);
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
    const placeId = await ensureBookkeeping(session, schema, signal);
    const probe = quoteQualified(schema, '_backstitch_probe');
    const temporary = await session
      .run(`create temporary table ${probe} (c0 integer)`, signal)
      .then(() => session.run(`drop temporary table ${probe}`, signal))
      .then(() => true)
      .catch(() => false);
    const made = { temporary, placeId };
    schemas.set(schema, made);
    return made;
  }

  async function load(
    plan: LoadPlan,
    batches: AsyncIterable<LoadBatch>,
    given: AbortSignal,
    isRehearsal: boolean,
  ): Promise<LoadResult> {
    const { loadId } = plan;
    if (held?.loadId !== loadId) held = { loadId, hold: { isTaken: false, told: [] } };
    const { hold } = held;
    const once = () =>
      withConnection(given, async (open, signal) => {
        const { session, server } = open;
        const { temporary } = await prepareSchema(open, plan.lane.schema, signal);
        const { givenRows } = tuning;
        const how = { session, server, temporary, givenRows, hold, isRehearsal, signal };
        return await runLoad({ ...how, plan, batches });
      });
    try {
      return await once();
    } catch (error) {
      // Somebody altered the table between two looks at it; the second time it is seen as it stands.
      if (error instanceof Error && isOutdated(error.cause)) return await once();
      throw error;
    }
  }

  const session: Session = {
    load: (plan, batches, given) => load(plan, batches, given, false),
    async rehearse(plan, batches, given) {
      await load(plan, batches, given, true);
    },
    settle: ({ lane, loadId, fence }, given) =>
      withConnection(given, async (open, signal) => {
        const { schema, table } = lane;
        open.schemas.delete(schema);
        await prepareSchema(open, schema, signal);
        await open.session.run('start transaction', signal);
        const taken = await takeLane(open.session, { schema, table, fence, standing: null }, signal);
        if (typeof taken === 'string') throw fencedOff(quoteQualified(schema, table), fence);
        const result = await findMark(open.session, schema, loadId, signal);
        await open.session.run('commit', signal);
        return result;
      }),
    marks: (lane) =>
      withConnection(context.signal, ({ session }, signal) => standingMarks(session, lane, signal)),
    dropMarks: (lane, loadIds) =>
      withConnection(context.signal, ({ session }, signal) => dropMarks(session, lane, loadIds, signal)),
    recall: (lane, asked, given) =>
      withConnection(given, async (open, signal) => {
        const { placeId: id } = await prepareSchema(open, lane.schema, signal);
        const recalled = await recallLoads(open.session, lane, asked, signal);
        return { place: { id, address: addressOf(settings) }, ...recalled };
      }),
    [Symbol.asyncDispose]: disconnect,
  };
  await withConnection(context.signal, async () => {});
  return session;
}
