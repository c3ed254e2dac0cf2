/**
 * Every expected failure of the server, in one table. The doc of each code says when it happens; `act` says who can
 * mend it, `retry` whether the same call may succeed later without a change. Renderers of the API surfaces map a code
 * to the words of their contract; docs/errors.md is generated from here.
 */
export interface CodeEntry {
  /** When it happens, in one sentence. */
  readonly when: string;
  /** Who has to act: the caller of the API, or whoever runs the server. */
  readonly act: 'caller' | 'operator';
  /** True when repeating the same call later can succeed. */
  readonly retry: boolean;
  /** HTTP status of the Connect API's answer. */
  readonly status: number;
}

const entry = (status: number, act: CodeEntry['act'], retry: boolean, when: string): CodeEntry => ({
  status,
  act,
  retry,
  when,
});

export const codes = {
  Unauthorized: entry(
    401,
    'caller',
    false,
    'The request has no access token, or one that is unknown or revoked.',
  ),
  Forbidden: entry(403, 'caller', false, 'The credentials are right but do not reach what was asked for.'),
  NotFound: entry(404, 'caller', false, 'The path, or the method on it, does not exist.'),
  InvalidBody: entry(400, 'caller', false, 'The request body is not the JSON this call takes.'),
  InvalidQuery: entry(
    400,
    'caller',
    false,
    'A query parameter is unknown or has a value that cannot be used.',
  ),
  InvalidHeader: entry(400, 'caller', false, 'A request header has a value that cannot be used.'),
  InvalidId: entry(400, 'caller', false, 'The id is no number, or this account has nothing with that id.'),
  InvalidType: entry(400, 'caller', false, 'There is no destination or source type of that name.'),
  AccessDenied: entry(
    400,
    'caller',
    false,
    'The destination or source type exists, but this build cannot connect to it.',
  ),
  InvalidName: entry(
    400,
    'caller',
    false,
    'The name of a source cannot be used, or a source of the account has it already.',
  ),
  InvalidDisplayName: entry(400, 'caller', false, 'No name can be made from the display name of a source.'),
  TokenLimit: entry(400, 'caller', false, 'The source already has as many active tokens as it may have.'),
  TypeImmutable: entry(400, 'caller', false, 'An update names another type than the destination has.'),
  InvalidProperties: entry(
    400,
    'caller',
    false,
    'Values do not match the form of the destination or source type.',
  ),
  DestinationLimit: entry(
    400,
    'caller',
    false,
    'The account already has as many destinations as its quota allows.',
  ),
  HookLimit: entry(400, 'caller', false, 'The account already has as many hooks as it may have.'),
  InvalidUri: entry(400, 'caller', false, 'The URL of a hook cannot be used.'),
  ExistingUser: entry(400, 'caller', false, 'An account with that e-mail address already exists.'),
  InvalidForm: entry(400, 'caller', false, 'Fields of an account form are missing or cannot be used.'),
  RevisionMismatch: entry(
    412,
    'caller',
    false,
    'If-Match names a revision that is no longer the current one.',
  ),
  LostRace: entry(409, 'caller', true, 'The destination changed while a strict update was being proved.'),
  CheckFailed: entry(
    422,
    'caller',
    false,
    'A strict update was not made because its connection check failed.',
  ),
  BatchNotWaiting: entry(
    409,
    'caller',
    true,
    'A batch that is to be discarded neither is blocked nor quarantined.',
  ),
  SourcePaused: entry(409, 'caller', false, 'The source is paused: nothing of it is loaded.'),
  UnknownTable: entry(400, 'caller', false, 'The source has never sent a table of that name.'),
  NothingRetained: entry(409, 'caller', false, 'No batch that a replay asks for is kept any more.'),
  ReplayUnderWay: entry(409, 'caller', true, 'A replay of the source into that destination goes on already.'),
  RowsWouldDouble: entry(
    409,
    'caller',
    false,
    'A replay would add rows once more to tables that only grow and hold them already.',
  ),
  IdempotencyMismatch: entry(422, 'caller', false, 'The idempotency key was used before with another body.'),
  IdempotencyInFlight: entry(
    409,
    'caller',
    true,
    'A request with the same idempotency key has not finished yet.',
  ),
  ClientGone: entry(400, 'caller', true, 'The client closed the connection before it was answered.'),
  PayloadTooLarge: entry(413, 'caller', false, 'The request body is larger than the limit.'),
  UnsupportedMediaType: entry(415, 'caller', false, 'The content type is not application/json.'),
  TooManyRequests: entry(429, 'caller', true, 'A limit for each account and minute is used up.'),
  Overloaded: entry(
    503,
    'operator',
    true,
    'The server has no room (disk, memory, queue) for this request now.',
  ),
  ServerUnreachable: entry(
    503,
    'operator',
    true,
    'The server that a command speaks to does not answer, or is no Backstitch server.',
  ),
  StoreUnavailable: entry(503, 'operator', true, "The server's own database does not answer."),
  StoreTooNew: entry(500, 'operator', false, 'The store was written by a newer version of the server.'),
  BackupFailed: entry(500, 'operator', false, 'A backup could not be made, or could not be restored.'),
  MigrationFailed: entry(500, 'operator', true, 'The account to move from could not be read.'),
  StoreInUse: entry(500, 'operator', false, 'Another process owns the data folder.'),
  WrongMasterKey: entry(
    500,
    'operator',
    false,
    'The master key is not the one the store was encrypted with.',
  ),
  SecretUnreadable: entry(500, 'operator', false, 'A stored credential fails its authenticity check.'),
  InvalidConfiguration: entry(
    500,
    'operator',
    false,
    'An option of the server is unknown or has an unusable value.',
  ),
  InternalError: entry(500, 'operator', true, 'A bug. The log names it under the request id.'),
} as const satisfies Record<string, CodeEntry>;

export type Code = keyof typeof codes;
