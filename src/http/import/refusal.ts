/** An answer of the Import API other than success, in the words of its contract. */
export class ImportRefusal extends Error {
  override readonly name = 'ImportRefusal';
  readonly status: number;
  readonly body: object | string;

  constructor(status: number, body: object | string) {
    super(`refused with status ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** @param bytes what the request announced, or what was read of it until the limit was passed. */
export const tooLarge = (bytes: number): ImportRefusal =>
  new ImportRefusal(413, {
    status: 'ERROR',
    message: `Request rejected: request size (${bytes} bytes) exceeds the maximum`,
  });

/** The source of the token is paused, or was deleted. */
export const notActive = (): ImportRefusal =>
  new ImportRefusal(401, { error: 'Forbidden', errors: { error: 'Connection is not active.' } });

/** An account's token does not say which of its sources is meant. */
export const noSingleSource = (active: number): ImportRefusal =>
  new ImportRefusal(403, {
    status: 'ERROR',
    error: 'Forbidden',
    errors: {
      error: `This account has ${active === 0 ? 'no active source' : `${active} active sources`} of the type import_api. Please send the access token of a source.`,
    },
  });

export const methodNotAllowed = (): ImportRefusal => new ImportRefusal(405, 'Method not allowed.');
