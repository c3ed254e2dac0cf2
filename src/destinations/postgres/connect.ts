import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { networkFinding } from '../findings.ts';
import { explained, openRoute, type Route, type RouteAccess, routePlan } from '../route.ts';
import type { RunStep, StepPlan } from '../steps.ts';
import { postgresFinding, type SignInFacts } from './findings.ts';
import { requestTls } from './request-tls.ts';
import { openSession, type PostgresSession } from './session.ts';
import type { PostgresSettings } from './settings.ts';
import { signInFailure } from './sign-in-failure.ts';

/** A session and the way it took. Disposing it ends both. */
export interface PostgresConnection extends AsyncDisposable {
  readonly session: PostgresSession;
  readonly facts: Omit<SignInFacts, 'said'>;
}

/** A check reads a few kilobytes; servers of others may send more. */
const mostBytesOfCheck = 4_194_304;

/** The steps of {@link openPostgres}. */
export const connectPlan = (settings: PostgresSettings): StepPlan => [
  ...routePlan(settings),
  ['tls', 8_000],
  ['sign_in', 8_000],
];

/**
 * Goes to the server and signs in, in named steps.
 * @param mostBytes that the server may send for one statement.
 */
export async function openPostgres(
  settings: PostgresSettings,
  access: RouteAccess,
  step: RunStep,
  mostBytes: number = mostBytesOfCheck,
): Promise<PostgresConnection> {
  const route = await openRoute(settings, access, step);
  try {
    const connection = await secure(route, settings, access, step);
    const facts = {
      ...route.endpoint,
      username: settings.username,
      database: settings.database,
      encrypted: settings.tls !== null,
    };
    const session = await step('sign_in', {
      timedOut: (seconds) => postgresFinding('sign_in_timeout', { ...facts, seconds }),
      async run({ signal, passed }) {
        const opened = await openSession(connection, {
          settings,
          encrypted: facts.encrypted,
          mostBytes,
          redial: (redialSignal) => redial(route, settings, access, redialSignal),
          signal,
        }).catch((error) => {
          throw signInFailure(error, facts, settings.password);
        });
        passed(`Signed in as ${settings.username} to database ${settings.database}.`);
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

/** The step `tls`: what protects the connection, or why nothing has to. */
async function secure(
  route: Route,
  settings: PostgresSettings,
  access: RouteAccess,
  step: RunStep,
): Promise<Duplex> {
  const { endpoint, connection, shelter } = route;
  return await step('tls', {
    timedOut: (seconds) => networkFinding('tls_timeout', { ...endpoint, seconds }),
    async run({ signal, passed, warn }) {
      if (settings.tls === null) {
        if (shelter === null) warn(networkFinding('tls_off', endpoint));
        else passed(`TLS is off; ${unencryptedBecause[shelter]}.`);
        return connection;
      }
      const { trusted } = settings.tls;
      const secured = await explained(
        endpoint,
        requestTls(connection, access.network, { host: settings.host, trusted, signal }),
      ).catch((error) => {
        throw signInFailure(
          error,
          { ...endpoint, username: settings.username, database: settings.database, encrypted: false },
          settings.password,
        );
      });
      passed(`Encrypted with ${secured.getProtocol()}${trusted === null ? '' : verifiedUntil(secured)}.`);
      if (trusted === null) warn(networkFinding('tls_unverified', endpoint));
      return secured;
    },
  });
}

const unencryptedBecause = {
  loopback: 'the connection does not leave this machine',
  tunnel: 'SSH encrypts the way to the SSH server, what lies behind it is not encrypted',
} as const;

const verifiedUntil = (socket: TLSSocket): string =>
  `; the server is the one that sslrootcert vouches for, its certificate holds until ${socket.getPeerX509Certificate()?.validToDate.toISOString().slice(0, 10)}`;

/** @throws {NetworkError} and the errors of {@link requestTls} */
async function redial(
  route: Route,
  settings: PostgresSettings,
  { network }: RouteAccess,
  signal: AbortSignal,
): Promise<Duplex> {
  const connection = await route.redial(signal);
  if (settings.tls === null) return connection;
  const { trusted } = settings.tls;
  return await requestTls(connection, network, { host: settings.host, trusted, signal });
}
