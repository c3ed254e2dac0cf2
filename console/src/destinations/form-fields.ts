import type {
  DestinationForm,
  DestinationFormProperty,
  DestinationType,
  Json,
  ReportCardProperty,
} from '@backstitch/client';

/** One input of the form of a destination. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly input: 'text' | 'number' | 'password' | 'lines' | 'json' | 'flag' | 'choice';
  /** Of a choice. */
  readonly choices: readonly string[];
  readonly isRequired: boolean;
  /** It may be left empty while it is shown. */
  readonly isOptional: boolean;
  readonly isCredential: boolean;
  /** It may be given once and not be changed. */
  readonly isFixed: boolean;
  readonly section: Section;
  /** What a new form begins with. */
  readonly initial: string;
}

export const sections = ['Connection', 'TLS', 'SSH tunnel', 'Files', 'Loading'] as const;
export type Section = (typeof sections)[number];

/** What people type, by the name of the property; a flag is `true` or `false`. */
export type FormValues = Readonly<Record<string, string>>;

/** The inputs of a type, from its report card and the sentences that go with it, in the order in which people are asked. */
export function formFields(
  card: Pick<DestinationType, 'steps'>,
  form: DestinationForm,
): readonly FormField[] {
  const properties = new Map(
    card.steps.flatMap((step) => step.properties).map((property) => [property.name, property]),
  );
  return form.properties.flatMap((hint) => {
    const property = properties.get(hint.name);
    // What the card does not have is accepted beside it.
    if (property === undefined) return [formField({ ...beside, name: hint.name }, hint)];
    const isAsked = property.json_schema !== null && property.property_type !== 'system_provided_by_default';
    return isAsked ? [formField(property, hint)] : [];
  });
}

const beside = {
  is_required: false,
  is_credential: false,
  property_type: 'user_provided',
  json_schema: null,
};

type Asked = Pick<ReportCardProperty, keyof typeof beside | 'name'>;

function formField(property: Asked, hint: DestinationFormProperty): FormField {
  const choices = words[property.name] ?? choicesOf(String(property.json_schema?.pattern ?? ''));
  const input = inputOf(property, hint, choices);
  return {
    name: property.name,
    label: labels[property.name] ?? humanize(property.name),
    help: hint.help,
    input,
    choices,
    isRequired: property.is_required,
    // They are shown when there is a tunnel, and needed then.
    isOptional: !property.is_required && !property.name.startsWith('encryption_'),
    isCredential: property.is_credential,
    isFixed: property.property_type === 'user_provided_immutable',
    section: sectionOf(property.name),
    // Safe unless somebody says otherwise.
    initial: hint.default ?? hint.usual ?? (input === 'flag' ? String(property.name === 'ssl') : ''),
  };
}

function inputOf(
  { is_credential }: Asked,
  { kind }: DestinationFormProperty,
  choices: readonly string[],
): FormField['input'] {
  if (kind === 'object') return 'json';
  if (kind === 'lines') return 'lines';
  if (kind === 'boolean') return 'flag';
  if (kind === 'integer') return 'number';
  if (is_credential) return 'password';
  return choices.length > 0 ? 'choice' : 'text';
}

/** Where no pattern says what can be chosen. */
const words: Readonly<Record<string, readonly string[]>> = { csv_delimiter: [',', '|', '\\t'] };

/** The words of a pattern that allows nothing else: `^(csv|jsonl)$`, `^EU$|^US$`. */
function choicesOf(pattern: string): readonly string[] {
  const [, inner] = /^\^\(([\w-]+(?:\|[\w-]+)+)\)\$$/.exec(pattern) ?? [];
  if (inner !== undefined) return inner.split('|');
  const parts = pattern.split('|');
  return parts.every((part) => /^\^[\w-]+\$$/.test(part)) ? parts.map((part) => part.slice(1, -1)) : [];
}

function sectionOf(name: string): Section {
  if (/^(encryption_|ssh_)/.test(name)) return 'SSH tunnel';
  if (/^(output_file_format|s3_key_|csv_)/.test(name)) return 'Files';
  if (/^(split_keeps_original|lock_timeout)$/.test(name)) return 'Loading';
  return /^ssl/.test(name) ? 'TLS' : 'Connection';
}

const labels: Readonly<Record<string, string>> = {
  username: 'User',
  ssl: 'Encrypt with TLS',
  sslrootcert: 'Certificate',
  encryption_type: 'Connect through',
  encryption_host: 'SSH host',
  encryption_port: 'SSH port',
  encryption_username: 'SSH user',
  s3_bucket: 'Bucket',
  s3_key_format_string: 'Names of files',
  output_file_format: 'Format',
  csv_delimiter: 'Delimiter',
  csv_force_quote: 'Quote every value',
  access_key_id: 'Access key',
  split_keeps_original: 'A column that splits keeps its name',
  lock_timeout: 'Wait for locks',
  jdbc_url: 'JDBC URL',
};

const humanize = (name: string): string => {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Without a tunnel nobody is asked for its ends, without TLS for no certificate, and of CSV only where files are CSV. */
export function isShown({ name }: FormField, values: FormValues): boolean {
  if (/^encryption_(?!type)/.test(name)) return values.encryption_type === 'ssh';
  if (name.startsWith('csv_')) return values.output_file_format === 'csv';
  return name !== 'sslrootcert' || values.ssl === 'true';
}

/** What a new form begins with. */
export const initialValues = (fields: readonly FormField[]): FormValues =>
  Object.fromEntries(fields.map(({ name, initial }) => [name, initial]));

/** What is stored, but credentials, which nobody is shown. What is not stored is empty, or `false`. */
export const storedValues = (
  fields: readonly FormField[],
  stored: Readonly<Record<string, Json>>,
): FormValues =>
  Object.fromEntries(
    fields.map(({ name, input, choices, isCredential }) => {
      const value = isCredential ? undefined : stored[name];
      if (value === undefined) return [name, input === 'flag' ? 'false' : ''];
      if (typeof value !== 'string') return [name, JSON.stringify(value, null, 2)];
      return [name, value === '\t' && choices.length > 0 ? '\\t' : value];
    }),
  );
