import { fileURLToPath } from 'node:url';

/** What the HTTP server has to be told. Made by the configuration; {@link defaultHttpSettings} serves tests. */
export interface HttpSettings {
  /** Version of the program, shown by /health and the API description. */
  readonly version: string;
  /** Where clients reach the server, e.g. `https://backstitch.example.com`; null: not known. */
  readonly publicUrl: string | null;
  /** Addresses of proxies whose X-Forwarded-For is believed; false: nobody's is. Throttling counts by address. */
  readonly trustProxy: boolean | readonly string[];
  /** Serves TLS with this certificate; null: plain HTTP. PEM. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** Largest request body of the Connect API, in bytes. */
  readonly bodyLimit: number;
  /** Region of accounts whose form names none. */
  readonly defaultRegion: string;
  /** A partner known from the configuration, beside those in the store; null: none. */
  readonly partner: { readonly id: string; readonly secretHash: string } | null;
  /** Destinations an account may have where its own quota says nothing; null: unlimited. Shown to the account. */
  readonly destinationLimit: number | null;
  /** Checks an account may start in a minute where its own quota says nothing; shown to the account. */
  readonly checksPerMinute: number;
  /** Requests a token may make in a minute; null: as many as it likes. */
  readonly requestsPerMinute: number | null;
  /** Requests with wrong credentials that one address may make in a minute. */
  readonly failedLoginsPerMinute: number;
  /** Asked for by GET /metrics as a bearer token; null: metrics are open. */
  readonly metricsToken: string | null;
  /** False in a process that only carries loads: all but /health, /metrics and the docs is answered with 503. */
  readonly answersCalls: boolean;
  /** Folder of an embedded store, whose disk the metrics watch; null: the store is elsewhere. */
  readonly dataFolder: string | null;
  /** Folder of the built console; where it is empty or missing, `/console/` says so. */
  readonly consoleFolder: string;
  /** Whether each request gets a line in the log, at level debug. */
  readonly logRequests: boolean;
  /** How often a stream of events shows that it is alive, and looks whether its reader may still read. */
  readonly eventBeatMilliseconds: number;
  readonly timeouts: HttpTimeouts;
  /** Why the process should get no traffic now ("stopping"), or null while it should. Asked by each /health. */
  readonly unreadyReason: () => string | null;
}

/** In milliseconds. */
export interface HttpTimeouts {
  /** From the first byte of a request to the end of its headers. */
  readonly headers: number;
  /** From the first byte of a request to the end of its body. */
  readonly request: number;
  /** Without a byte either way; longer than the longest `Prefer: wait` and strict update. */
  readonly idle: number;
  /** Between two requests on one connection. */
  readonly keepAlive: number;
}

/** Below the program's root, whether it runs from its sources or as it was built. */
const builtConsole = fileURLToPath(new URL('../../dist/console/', import.meta.url));

export const defaultHttpSettings: HttpSettings = {
  version: '0.0.0',
  publicUrl: null,
  trustProxy: false,
  tls: null,
  bodyLimit: 1_048_576,
  defaultRegion: 'us-east-1',
  partner: null,
  destinationLimit: null,
  checksPerMinute: 300,
  requestsPerMinute: null,
  failedLoginsPerMinute: 60,
  metricsToken: null,
  answersCalls: true,
  dataFolder: null,
  consoleFolder: builtConsole,
  logRequests: false,
  eventBeatMilliseconds: 15_000,
  timeouts: { headers: 10_000, request: 60_000, idle: 90_000, keepAlive: 72_000 },
  unreadyReason: () => null,
};
