import {
  bytes,
  defaulted,
  integer,
  matching,
  type Option,
  oneOf,
  optional,
  ranges,
  text,
  url,
} from './option.ts';

const anyCount = integer(1, Number.MAX_SAFE_INTEGER);

/**
 * Every option of the server, in one table: environment variables, flags, help, docs/configuration.md and the type
 * {@link Config} come from here. `failedLoginsPerMinute` is BACKSTITCH_FAILED_LOGINS_PER_MINUTE and
 * `--failed-logins-per-minute`.
 */
export const options = {
  host: defaulted(text('ADDRESS', 'an address of this machine, or 0.0.0.0 for all of them'), '127.0.0.1', {
    group: 'Server',
    help: 'Address to listen on. The default is reachable from this machine only; a container needs 0.0.0.0.',
  }),
  port: defaulted(integer(0, 65_535), 8080, {
    group: 'Server',
    help: 'Port to listen on. 0 takes any free one.',
  }),
  publicUrl: optional(url('https', 'http'), {
    group: 'Server',
    help: 'Where clients reach this server, for the examples it prints and for its OpenAPI description.',
    initially: 'made from host and port',
  }),
  tlsCert: optional(text('FILE', 'the path of a PEM file'), {
    group: 'Server',
    help: 'Certificate chain (PEM) to serve HTTPS with. Without it the server speaks plain HTTP: keep it on loopback or behind a proxy that ends TLS.',
  }),
  tlsKey: optional(text('FILE', 'the path of a PEM file'), {
    group: 'Server',
    help: 'Private key (PEM) of the certificate.',
  }),
  trustProxy: defaulted(ranges(), [], {
    group: 'Server',
    help: 'Reverse proxies in front of the server. Only from these is X-Forwarded-For believed.',
    initially: 'none',
  }),
  roles: defaulted(oneOf('all', 'api', 'loader'), 'all', {
    group: 'Server',
    help: 'What this process does, where several share a store on PostgreSQL. `api` answers requests and runs checks; `loader` carries loads and tells webhooks, and answers /health and /metrics only.',
  }),
  region: defaulted(oneOf('us-east-1', 'eu-central-1'), 'us-east-1', {
    group: 'Server',
    help: 'Region of accounts that name none.',
  }),

  data: defaulted(text('FOLDER', 'the path of a folder'), './data', {
    group: 'Store',
    help: 'Folder of the embedded store and of the master key. Made at the first start.',
  }),
  store: defaulted(
    matching('sqlite|URL', /^(sqlite$|postgres(ql)?:\/\/.)/, 'sqlite, or a postgres:// URL'),
    'sqlite',
    {
      group: 'Store',
      help: 'Where the server keeps its own state: `sqlite` in the data folder, or the URL of a PostgreSQL database, which several servers may share.',
      secret: true,
    },
  ),
  masterKey: optional(
    matching(
      'KEY',
      /^([0-9a-f]{64}|[A-Za-z0-9+/_-]{43}=?)$/i,
      '32 random bytes as 64 hex digits or as base64 (make them with: openssl rand -hex 32)',
    ),
    {
      group: 'Store',
      help: 'Key that encrypts stored credentials. Must be given when the store is PostgreSQL. Losing it loses every stored credential.',
      initially: 'a file in the data folder, made at the first start',
      secret: true,
    },
  ),
  secretReuse: defaulted(oneOf('auto', 'refuse', 'allow'), 'auto', {
    group: 'Store',
    help: 'What happens when an update sends a stored credential to another host without naming the credential: `refuse` it, or `allow` it with an entry in the history. `auto` refuses under the network policy `public` and allows under `private`.',
  }),

  token: optional(matching('TOKEN', /^[\x21-\x7e]{8,}$/, 'at least 8 printable characters without spaces'), {
    group: 'First start',
    help: 'Access token that works once the server serves, for compose files and CI. The first account is made with it; an account that is there already gets it in addition.',
    initially: 'a random one, printed once',
    secret: true,
  }),
  clientId: optional(integer(1, 2_147_483_647), {
    group: 'First start',
    help: 'Id of the account that the token is for; it is made if there is none.',
    initially: 'the next free one',
  }),

  networkPolicy: defaulted(oneOf('private', 'public'), 'private', {
    group: 'Network',
    help: 'Where destinations may be. `private`: one tenant on its own network, loopback and private ranges are allowed. `public`: several tenants, only global addresses and what is allowed below. Metadata, link-local and multicast addresses never.',
  }),
  networkAllow: defaulted(ranges(), [], {
    group: 'Network',
    help: 'Addresses that destinations may have although the network policy refuses them.',
    initially: 'none',
  }),
  egressAddresses: defaulted(ranges(), [], {
    group: 'Network',
    help: 'Addresses this server connects from. Only shown: in remedies of failed checks, so that people can open their firewalls.',
    initially: 'none',
  }),
  checkConcurrency: defaulted(integer(1, 1000), 16, {
    group: 'Network',
    help: 'Connection checks that one process runs at the same time; one account gets at most half of them.',
  }),

  destinationLimit: optional(anyCount, {
    group: 'Limits',
    help: 'Destinations an account may have, unless its own quota says otherwise.',
    initially: 'unlimited',
  }),
  checksPerMinute: defaulted(anyCount, 300, {
    group: 'Limits',
    help: 'Connection checks that may start for an account in a minute, unless its own quota says otherwise. Further ones wait; those that a request waits for are answered with 429.',
  }),
  requestsPerMinute: optional(anyCount, {
    group: 'Limits',
    help: 'Requests an access token may make in a minute; the next ones are answered with 429.',
    initially: 'unlimited',
  }),
  failedLoginsPerMinute: defaulted(anyCount, 60, {
    group: 'Limits',
    help: 'Requests with a wrong token or partner secret that an address may make in a minute; the next ones are answered with 429.',
  }),
  bodyLimit: defaulted(bytes(1024, 64 * 2 ** 20), 2 ** 20, {
    group: 'Limits',
    help: 'Largest body of a Connect API request; larger ones are answered with 413.',
    initially: '1MB',
  }),

  backlogAccountBytes: defaulted(bytes(2 ** 20, 2 ** 50), 10 * 2 ** 30, {
    group: 'Records',
    help: 'Bytes of accepted records of one account that may wait to be loaded, before compression. Further requests of the Import API are answered with 503 until loading has caught up.',
    initially: '10GB',
  }),
  backlogBytes: defaulted(bytes(2 ** 20, 2 ** 50), 40 * 2 ** 30, {
    group: 'Records',
    help: 'The same over all accounts.',
    initially: '40GB',
  }),
  bodiesInFlightBytes: defaulted(bytes(32 * 2 ** 20, 2 ** 34), 64 * 2 ** 20, {
    group: 'Records',
    help: 'Bytes of request bodies of the Import API that this process holds at the same time, after inflation. Memory grows with it. When it is used up, requests wait a few seconds and are then answered with 503.',
    initially: '64MB',
  }),
  loadConcurrency: defaulted(integer(1, 64), 4, {
    group: 'Records',
    help: 'Loads into destinations that this process carries at the same time; one destination gets at most half of them.',
  }),
  loadWaitMilliseconds: defaulted(integer(0, 3_600_000), 200, {
    group: 'Records',
    help: 'How long a batch may wait for others of its table, so that small ones are loaded together. 0 loads each at once: fresher, and more transactions in the destination.',
  }),
  retentionDays: defaulted(integer(0, 3650), 7, {
    group: 'Records',
    help: 'How many days records are kept after they were loaded, for rejected ones to be loaded again and for a destination that went back in time.',
  }),
  retentionBytes: defaulted(bytes(0, 2 ** 50), 10 * 2 ** 30, {
    group: 'Records',
    help: 'Most bytes of such records on the disk, compressed; the oldest go first.',
    initially: '10GB',
  }),

  partnerId: optional(text('ID', 'the id of a partner'), {
    group: 'Partners',
    help: 'A partner that may make accounts through POST /v3/accounts. More partners can be added on the command line.',
  }),
  partnerSecret: optional(matching('SECRET', /^.{8,}$/, 'at least 8 characters'), {
    group: 'Partners',
    help: 'Secret of that partner.',
    secret: true,
  }),

  logLevel: defaulted(oneOf('debug', 'info', 'warn', 'error', 'fatal', 'silent'), 'info', {
    group: 'Logs and metrics',
    help: 'Least important lines that are written to the log.',
  }),
  metricsToken: optional(
    matching('TOKEN', /^[\x21-\x7e]{8,}$/, 'at least 8 printable characters without spaces'),
    {
      group: 'Logs and metrics',
      help: 'Bearer token that /metrics asks for. Without it, everybody who reaches the port can read the metrics; no account, host or credential stands in them.',
      secret: true,
    },
  ),
} satisfies Record<string, Option<unknown>>;

/** Typed values of all options. */
export type Config = { readonly [Name in OptionName]: ValueOf<(typeof options)[Name]> };
export type OptionName = keyof typeof options;
type ValueOf<Entry> = Entry extends Option<infer Value> ? Value : never;

/** What must hold between options. */
export const rules: readonly { readonly holds: (config: Config) => boolean; readonly problem: string }[] = [
  {
    holds: ({ tlsCert, tlsKey }) => (tlsCert === null) === (tlsKey === null),
    problem: 'BACKSTITCH_TLS_CERT and BACKSTITCH_TLS_KEY belong together: give both, or neither.',
  },
  {
    holds: ({ partnerId, partnerSecret }) => (partnerId === null) === (partnerSecret === null),
    problem: 'BACKSTITCH_PARTNER_ID and BACKSTITCH_PARTNER_SECRET belong together: give both, or neither.',
  },
  {
    holds: ({ store, masterKey }) => store === 'sqlite' || masterKey !== null,
    problem:
      'A store on PostgreSQL needs BACKSTITCH_MASTER_KEY (or BACKSTITCH_MASTER_KEY_FILE): servers that share it must share the key. Make one with: openssl rand -hex 32',
  },
  {
    holds: ({ store, roles }) => store !== 'sqlite' || roles === 'all',
    problem:
      'BACKSTITCH_ROLES splits work between processes that share a store on PostgreSQL; the embedded store belongs to one process. Leave it out, or name a database in BACKSTITCH_STORE.',
  },
];

/** What the commands take from the environment and the server has no use for. */
export const clientEnvironment = ['BACKSTITCH_SERVER'] as const;

/** An option with the names it goes by. */
export interface NamedOption extends Option<unknown> {
  readonly name: OptionName;
  /** `BACKSTITCH_MASTER_KEY` */
  readonly env: string;
  /** `BACKSTITCH_MASTER_KEY_FILE`, for secrets; null for others. */
  readonly fileEnv: string | null;
  /** `--port`; for secrets the flag that takes a file, `--master-key-file`. */
  readonly flag: string;
}

export const namedOptions: readonly NamedOption[] = Object.entries(options).map(([key, option]) => {
  const words = key.replace(/[A-Z]/g, (letter) => `_${letter}`);
  const env = `BACKSTITCH_${words.toUpperCase()}`;
  const secret = 'secret' in option;
  const flag = `--${words.toLowerCase().replaceAll('_', '-')}${secret ? '-file' : ''}`;
  return {
    ...(option as Option<unknown>),
    name: key as OptionName,
    env,
    fileEnv: secret ? `${env}_FILE` : null,
    flag,
  };
});
