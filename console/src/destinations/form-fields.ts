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
  readonly isCredential: boolean;
  /** It may be given once and not be changed. */
  readonly isFixed: boolean;
  readonly section: Section;
  readonly initial: string;
}

export type Section = 'Connection' | 'TLS' | 'SSH tunnel';

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
    const isAsked =
      property !== undefined &&
      property.json_schema !== null &&
      property.property_type !== 'system_provided_by_default';
    return isAsked ? [formField(property, hint)] : [];
  });
}

function formField(property: ReportCardProperty, hint: DestinationFormProperty): FormField {
  const choices = choicesOf(String(property.json_schema?.pattern ?? ''));
  const input = inputOf(property, hint, choices);
  return {
    name: property.name,
    label: labels[property.name] ?? humanize(property.name),
    help: hint.help,
    input,
    choices,
    isRequired: property.is_required,
    isCredential: property.is_credential,
    isFixed: property.property_type === 'user_provided_immutable',
    section: sectionOf(property.name),
    // Safe unless somebody says otherwise.
    initial: hint.default ?? (input === 'flag' ? String(property.name === 'ssl') : ''),
  };
}

function inputOf(
  { is_credential }: ReportCardProperty,
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

/** The words of a pattern that allows nothing else: `^(csv|jsonl)$`, `^EU$|^US$`. */
function choicesOf(pattern: string): readonly string[] {
  const [, inner] = /^\^\(([\w-]+(?:\|[\w-]+)+)\)\$$/.exec(pattern) ?? [];
  if (inner !== undefined) return inner.split('|');
  const words = pattern.split('|');
  return words.every((word) => /^\^[\w-]+\$$/.test(word)) ? words.map((word) => word.slice(1, -1)) : [];
}

function sectionOf(name: string): Section {
  if (/^(encryption_|ssh_)/.test(name)) return 'SSH tunnel';
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
  s3_key_format_string: 'Names of objects',
  jdbc_url: 'JDBC URL',
};

const humanize = (name: string): string => {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Without a tunnel nobody is asked for its ends, and without TLS for no certificate. */
export function isShown({ name }: FormField, values: FormValues): boolean {
  if (/^encryption_(?!type)/.test(name)) return values.encryption_type === 'ssh';
  return name !== 'sslrootcert' || values.ssl === 'true';
}

/** What the form begins with: what is stored, but credentials, which nobody is shown. */
export const initialValues = (
  fields: readonly FormField[],
  stored: Readonly<Record<string, Json>> = {},
): FormValues =>
  Object.fromEntries(
    fields.map(({ name, initial, isCredential }) => {
      const value = isCredential ? undefined : stored[name];
      if (value === undefined) return [name, initial];
      return [name, typeof value === 'string' ? value : JSON.stringify(value, null, 2)];
    }),
  );
