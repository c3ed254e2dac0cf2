import type { CheckOutcome } from '../../model/check.ts';
import type { CheckContext } from '../destination.ts';
import { renderEndpoint } from '../finding.ts';
import { networkFinding } from '../findings.ts';
import { type RunStep, runSteps, type StepPlan, type StepScope } from '../steps.ts';
import { connectPlan, type MysqlConnection, openMysql } from './connect.ts';
import { mysqlFinding, type SessionFacts } from './findings.ts';
import { checkPrivileges } from './privileges.ts';
import { queryFailure } from './query-failure.ts';
import { prepareSession } from './session-settings.ts';
import type { MysqlSettings } from './settings.ts';
import { checkVersion } from './version.ts';
import { checkWrite } from './write.ts';

/** The steps in their order, with their deadlines. */
export const checkPlan = (settings: MysqlSettings): StepPlan => [
  ['settings', 1_000],
  ...connectPlan(settings),
  ['version', 4_000],
  ['privileges', 5_000],
  ['write', 10_000],
];

const lockSeconds = 3;

/** Proves that rows could be loaded with these settings, step by step. See {@link Connector.check}. */
export async function checkMysql(
  settings: MysqlSettings,
  context: CheckContext,
  plan: StepPlan = checkPlan(settings),
): Promise<CheckOutcome> {
  return await runSteps(context, plan, async (step) => {
    await step('settings', {
      timedOut: () => networkFinding('stopped', {}),
      async run({ passed }) {
        passed(`${renderEndpoint(settings)} as user ${settings.username}.`);
      },
    });
    const connection = await openMysql(settings, context, step);
    try {
      const asked = inSession(connection, settings, step);
      const { session } = connection;
      const server = await asked('version', null, async (scope) => {
        await prepareSession(session, lockSeconds, scope.signal);
        return await checkVersion(session, scope);
      });
      const privileges = await asked('privileges', server, (scope) =>
        checkPrivileges(session, server, context.schemas, scope),
      );
      await asked('write', server, (scope) => checkWrite(session, server, privileges, scope));
    } finally {
      await connection[Symbol.asyncDispose]();
    }
  });
}

/** Steps that ask the server something: their errors are put into words here, once. */
function inSession({ facts }: MysqlConnection, settings: MysqlSettings, step: RunStep) {
  return <T>(
    name: string,
    server: SessionFacts | null,
    run: (scope: StepScope) => Promise<T>,
  ): Promise<T> => {
    const known = { ...facts, account: server?.account ?? settings.username };
    return step(name, {
      timedOut: (seconds) => mysqlFinding('no_answer', { ...facts, seconds }),
      run: (scope) =>
        run(scope).catch((error) => {
          throw queryFailure(error, known, settings.password);
        }),
    });
  };
}
