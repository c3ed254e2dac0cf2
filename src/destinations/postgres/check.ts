import type { CheckOutcome } from '../../model/check.ts';
import type { CheckContext } from '../destination.ts';
import { renderEndpoint } from '../finding.ts';
import { networkFinding } from '../findings.ts';
import { type RunStep, runSteps, type StepPlan, type StepScope } from '../steps.ts';
import { connectPlan, openPostgres, type PostgresConnection } from './connect.ts';
import { postgresFinding, type SessionFacts } from './findings.ts';
import { checkPrivileges } from './privileges.ts';
import { queryFailure } from './query-failure.ts';
import type { PostgresSettings } from './settings.ts';
import { checkVersion } from './version.ts';
import { checkWrite } from './write.ts';

/** The steps in their order, with their deadlines. */
export const checkPlan = (settings: PostgresSettings): StepPlan => [
  ['settings', 1_000],
  ...connectPlan(settings),
  ['version', 4_000],
  ['privileges', 5_000],
  ['write', 10_000],
];

/** Proves that rows could be loaded with these settings, step by step. See {@link Connector.check}. */
export async function checkPostgres(
  settings: PostgresSettings,
  context: CheckContext,
  plan: StepPlan = checkPlan(settings),
): Promise<CheckOutcome> {
  return await runSteps(context, plan, async (step) => {
    await describeSettings(settings, step);
    const connection = await openPostgres(settings, context, step);
    try {
      const asked = inSession(connection, settings, step);
      const { session } = connection;
      const facts = await asked('version', null, (scope) => checkVersion(session, scope));
      const privileges = await asked('privileges', facts, (scope) =>
        checkPrivileges(session, facts, context.schemas, scope),
      );
      await asked('write', facts, (scope) => checkWrite(session, privileges, scope));
    } finally {
      await connection[Symbol.asyncDispose]();
    }
  });
}

async function describeSettings(settings: PostgresSettings, step: RunStep): Promise<void> {
  const { database, username, tunnel, unusedCertificate } = settings;
  await step('settings', {
    timedOut: () => networkFinding('stopped', {}),
    async run({ passed, warn }) {
      const through = tunnel === null ? '' : `, through the SSH server ${renderEndpoint(tunnel)}`;
      passed(`Database ${database} at ${renderEndpoint(settings)} as user ${username}${through}.`);
      if (unusedCertificate) warn(networkFinding('certificate_unused', {}));
    },
  });
}

/** Steps that ask the server something: their errors are put into words here, once. */
function inSession({ facts }: PostgresConnection, settings: PostgresSettings, step: RunStep) {
  return <T>(
    name: string,
    session: SessionFacts | null,
    run: (scope: StepScope) => Promise<T>,
  ): Promise<T> => {
    const known = { ...facts, ...(session ?? { role: settings.username, database: settings.database }) };
    return step(name, {
      timedOut: (seconds) => postgresFinding('no_answer', { ...facts, seconds }),
      run: (scope) =>
        run(scope).catch((error) => {
          throw queryFailure(error, known, settings.password);
        }),
    });
  };
}
