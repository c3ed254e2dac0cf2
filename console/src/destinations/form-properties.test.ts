import type { DestinationForm, DestinationFormProperty, ReportCardProperty } from '@backstitch/client';
import { describe, expect, test } from 'vitest';
import {
  type FormField,
  type FormValues,
  formFields,
  initialValues,
  isShown,
  storedValues,
} from './form-fields.ts';
import { formProperties } from './form-properties.ts';

const pattern = (words: string) => ({ json_schema: { type: 'string', pattern: words } });
const card: readonly (Partial<ReportCardProperty> & { readonly name: string })[] = [
  { name: 'host' },
  { name: 'port' },
  { name: 'password', is_credential: true },
  { name: 'ssl', is_required: false },
  { name: 'sslrootcert', is_required: false },
  { name: 'encryption_type', ...pattern('^(ssh|none)$') },
  { name: 'encryption_host', is_required: false },
  { name: 'encryption_port', is_required: false },
];
const hints: readonly (Partial<DestinationFormProperty> & { readonly name: string })[] = [
  { name: 'host' },
  { name: 'port', kind: 'integer', usual: '5432' },
  { name: 'password' },
  { name: 'ssl', kind: 'boolean' },
  { name: 'sslrootcert', kind: 'lines' },
  { name: 'encryption_type', default: 'none' },
  { name: 'encryption_host' },
  { name: 'encryption_port', kind: 'integer', usual: '22' },
  { name: 'split_keeps_original', kind: 'boolean' },
];
const fields: readonly FormField[] = formFields(
  {
    steps: [
      {
        type: 'form',
        properties: card.map((property) => ({
          is_required: true,
          is_credential: false,
          system_provided: false,
          property_type: 'user_provided',
          json_schema: { type: 'string' },
          provided: false,
          ...property,
        })),
      },
    ],
  },
  {
    properties: hints.map((hint) => ({
      help: '',
      kind: 'string',
      default: null,
      usual: null,
      generated: false,
      ...hint,
    })),
  } as unknown as DestinationForm,
);
const shown = (values: FormValues) =>
  fields.filter((field) => isShown(field, values)).map(({ name }) => name);

describe('a new form', () => {
  const values = initialValues(fields);

  test('begins with what most give, and asks for TLS', () => {
    expect(values).toMatchObject({
      port: '5432',
      ssl: 'true',
      encryption_type: 'none',
      encryption_port: '22',
    });
  });

  test('asks for the ends of a tunnel where there is one, for a certificate where there is TLS', () => {
    expect(shown(values)).not.toContain('encryption_host');
    expect(shown({ ...values, encryption_type: 'ssh', ssl: 'false' })).toEqual(
      fields.map(({ name }) => name).filter((name) => name !== 'sslrootcert'),
    );
  });

  test('sends what is shown and filled in', () => {
    expect(formProperties(fields, { ...values, host: ' db ', password: ' x ' }, null)).toEqual({
      host: 'db',
      port: '5432',
      password: ' x ',
      ssl: 'true',
      encryption_type: 'none',
    });
  });
});

describe('the form of what is stored', () => {
  const before = storedValues(fields, { host: 'db', port: '5432', encryption_type: 'none' });

  test('shows what is not stored as not there', () => {
    expect(before).toMatchObject({
      ssl: 'false',
      encryption_port: '',
      password: '',
      split_keeps_original: 'false',
    });
  });

  test('sends what differs, and keeps a credential that was left empty', () => {
    expect(formProperties(fields, before, before)).toEqual({});
    const tunnel = { ...before, encryption_type: 'ssh', encryption_host: 'bastion', encryption_port: '22' };
    expect(formProperties(fields, tunnel, before)).toEqual({
      encryption_type: 'ssh',
      encryption_host: 'bastion',
      encryption_port: '22',
    });
  });
});
