import type { Duplex } from 'node:stream';
import { NetworkError } from '../../network/network.ts';
import { explained, openRoute, type Route, type RouteAccess, routePlan } from '../route.ts';
import type { RunStep, StepPlan } from '../steps.ts';
import { mysqlFinding, type SignInFacts } from './findings.ts';
import { readGreeting } from './greeting.ts';
import { type MysqlSession, openSession } from './session.ts';
import type { MysqlSettings } from './settings.ts';
import { signInFailure } from './sign-in-failure.ts';

/** A session and the way it took. Disposing it ends both. */
export interface MysqlConnection extends AsyncDisposable {
  readonly session: MysqlSession;
  readonly facts: Omit<SignInFacts, 'said'>;
}

/** A check reads a few kilobytes; servers of others may send more. */
const mostBytesOfCheck = 4_194_304;

/** The steps of {@link openMysql}. */
export const connectPlan = (settings: MysqlSettings): StepPlan => [
  ...routePlan(settings),
  ['tls', 8_000],
  ['sign_in', 8_000],
];

/**
 * Goes to the server and signs in, in named steps.
 * @param mostBytes that the server may send for one statement.
 */
export async function openMysql(
  settings: MysqlSettings,
  access: RouteAccess,
  step: RunStep,
  mostBytes: number = mostBytesOfCheck,
): Promise<MysqlConnection> {
  const route = await openRoute(settings, access, step);
  const facts = { ...route.endpoint, username: settings.username, encrypted: settings.encrypted };
  const failed = (error: unknown) => {
    throw signInFailure(error, facts, settings.password);
  };
  try {
    await greet(route, settings, step, failed);
    const session = await step('sign_in', {
      timedOut: (seconds) => mysqlFinding('sign_in_timeout', { ...facts, seconds }),
      async run({ signal, passed }) {
        const redial = (redialSignal: AbortSignal): Promise<Duplex> => route.redial(redialSignal);
        const opened = await explained(
          route.endpoint,
          openSession(route.connection, { settings, mostBytes, redial, signal }).catch(failed),
        );
        const how = opened.tlsProtocol === null ? '' : `, encrypted with ${opened.tlsProtocol}`;
        passed(`Signed in as ${settings.username}${how}.`);
        return opened;
      },
    });
    return {
      session,
      facts,
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await route[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await route[Symbol.asyncDispose]();
    throw error;
  }
}

/** The step `tls`: what will protect the connection. The protocol greets before it encrypts. */
async function greet(
  { endpoint, connection, shelter }: Route,
  { encrypted, host }: MysqlSettings,
  step: RunStep,
  failed: (error: unknown) => never,
): Promise<void> {
  await step('tls', {
    timedOut: (seconds) => mysqlFinding('no_greeting', { ...endpoint, seconds }),
    async run({ signal, passed, warn }) {
      const reading = readGreeting(connection, host, signal).catch(failed);
      const { offersTls } = await explained(endpoint, reading);
      if (!encrypted) {
        if (shelter === null) warn(mysqlFinding('connection_in_clear', endpoint));
        else passed('TLS is off; the connection does not leave this machine.');
        return;
      }
      if (!offersTls)
        await explained(
          endpoint,
          Promise.reject(new NetworkError('tls_not_supported', 'The server offers no TLS.')),
        );
      passed('The server offers TLS.');
      warn(mysqlFinding('tls_cannot_be_verified', endpoint));
    },
  });
}
