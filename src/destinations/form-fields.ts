import type { JsonObject } from '../lib/json.ts';
import type { FormProperty, Properties, PropertyType } from '../model/form.ts';

/** What a field may be beyond required, plain and given by the user. */
export interface FieldOptions {
  readonly optional?: true;
  readonly credential?: true;
  readonly propertyType?: PropertyType;
  readonly systemProvided?: true;
  readonly defaultValue?: string;
  readonly usual?: string;
  readonly routing?: true;
  readonly controlCharacters?: 'tab' | 'lines';
  readonly shownToOwner?: true;
  readonly generate?: () => string;
  readonly hiddenInV3?: (properties: Properties) => boolean;
}

/** Any text. */
export const text = (name: string, help: string, options: FieldOptions = {}): FormProperty =>
  field(name, help, 'string', { type: 'string' }, options);

/** Text of a given shape; `pattern` is a JSON Schema pattern and a wire fact. */
export const patterned = (
  name: string,
  pattern: string,
  help: string,
  options: FieldOptions = {},
): FormProperty => field(name, help, 'string', { type: 'string', pattern }, options);

/** One of a few words. */
export const choice = (
  name: string,
  words: readonly string[],
  help: string,
  options: FieldOptions = {},
): FormProperty => patterned(name, `^(${words.join('|')})$`, help, options);

/** A URI. */
export const uri = (name: string, help: string, options: FieldOptions = {}): FormProperty =>
  field(name, help, 'string', { type: 'string', format: 'uri' }, options);

/** A whole number: digits in v4, a JSON number in v3. */
const integer = (name: string, help: string, options: FieldOptions = {}): FormProperty =>
  field(name, help, 'integer', { type: 'string', pattern: '^\\d+$' }, options);

/** So many seconds, from 1 to 60. */
export const seconds = (name: string, help: string, options: FieldOptions = {}): FormProperty =>
  field(name, help, 'integer', { type: 'string', pattern: '^([1-9]|[1-5]\\d|60)$' }, options);

/** True or false: words in v4, a JSON boolean in v3. */
export const flag = (name: string, help: string, options: FieldOptions = {}): FormProperty =>
  field(name, help, 'boolean', { type: 'string', pattern: '^(true|false)$' }, options);

/** A JSON object, in v3 as in v4. */
export const object = (
  name: string,
  jsonSchema: JsonObject,
  help: string,
  options: FieldOptions = {},
): FormProperty => field(name, help, 'object', jsonSchema, options);

/** A value that the server finds out; nobody can set it. */
export const readOnly = (name: string, help: string): FormProperty =>
  field(name, help, 'string', null, { propertyType: 'read_only' });

/** A secret: sealed at rest, never shown. */
export const credential = (name: string, help: string, options: FieldOptions = {}): FormProperty =>
  text(name, help, { ...options, credential: true });

/** Where the destination listens; changing it decides where stored secrets travel. */
export const host = (help = 'Host name or IP address of the server.'): FormProperty =>
  text('host', help, { routing: true });

export const port = (usual: string): FormProperty =>
  integer('port', `Port of the server, usually ${usual}.`, { routing: true, usual });

export const username = (): FormProperty => text('username', 'Name of the user to sign in as.');
export const password = (): FormProperty => credential('password', 'Password of that user.');
export const database = (): FormProperty => text('database', 'Name of the database to load into.');

/** Whether to use TLS, for types where leaving it out is allowed. */
export const optionalSsl: FormProperty = flag('ssl', 'Whether to encrypt the connection with TLS.', {
  optional: true,
  routing: true,
});

const withoutTunnel = (properties: Properties): boolean => properties.encryption_type !== 'ssh';

/** The four properties of types that can be reached through an SSH tunnel. */
export const sshFields = {
  type: choice('encryption_type', ['ssh', 'none'], 'Whether to reach the server through an SSH tunnel.', {
    defaultValue: 'none',
    routing: true,
    hiddenInV3: withoutTunnel,
  }),
  host: text('encryption_host', 'Host name or IP address of the SSH server.', {
    optional: true,
    routing: true,
    hiddenInV3: withoutTunnel,
  }),
  port: integer('encryption_port', 'Port of the SSH server, usually 22.', {
    optional: true,
    routing: true,
    usual: '22',
    hiddenInV3: withoutTunnel,
  }),
  username: text('encryption_username', 'Name of the user to sign in to the SSH server as.', {
    optional: true,
    routing: true,
    hiddenInV3: withoutTunnel,
  }),
} as const;

/** Their names, as v3 shows them after everything else. */
export const sshNames = [
  'encryption_type',
  'encryption_host',
  'encryption_port',
  'encryption_username',
] as const;

/** Without a tunnel the details of one mean nothing. */
export const meaninglessWithoutTunnel = (properties: Properties): readonly string[] =>
  withoutTunnel(properties) ? sshNames.filter((name) => name !== 'encryption_type') : [];

function field(
  name: string,
  help: string,
  natural: FormProperty['natural'],
  jsonSchema: JsonObject | null,
  options: FieldOptions,
): FormProperty {
  const {
    optional,
    credential: isCredential,
    propertyType = 'user_provided',
    systemProvided,
    ...rest
  } = options;
  return {
    name,
    isRequired: !optional,
    isCredential: isCredential === true,
    systemProvided: systemProvided === true,
    propertyType,
    jsonSchema,
    natural,
    help,
    ...rest,
  };
}
