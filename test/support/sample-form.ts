import type { Form, FormProperty } from '../../src/model/form.ts';

/** A property of a form; an optional plain text unless said otherwise. */
export const property = (name: string, options: Partial<FormProperty> = {}): FormProperty => ({
  name,
  isRequired: false,
  isCredential: false,
  systemProvided: false,
  propertyType: 'user_provided',
  jsonSchema: { type: 'string' },
  natural: 'string',
  help: `The ${name}.`,
  ...options,
});

const required = { isRequired: true } as const;
const integer = { natural: 'integer', jsonSchema: { type: 'string', pattern: '^\\d+$' } } as const;
const boolean = { natural: 'boolean', jsonSchema: { type: 'string', pattern: '^(true|false)$' } } as const;

/** A form of one step that has a property of every kind. */
export const sampleForm = (options: Partial<Form> = {}): Form => ({
  steps: [
    {
      type: 'form',
      properties: [
        property('certificate', { controlCharacters: 'lines' }),
        property('delimiter', { controlCharacters: 'tab' }),
        property('found', { ...required, propertyType: 'read_only', jsonSchema: null }),
        property('host', { ...required, routing: true }),
        property('key', {
          isCredential: true,
          natural: 'object',
          jsonSchema: { type: 'object', required: ['id'] },
        }),
        property('mode', {
          ...required,
          propertyType: 'user_provided_immutable',
          jsonSchema: { type: 'string', pattern: '^(upsert|append)$' },
          defaultValue: 'upsert',
        }),
        property('password', { ...required, isCredential: true }),
        property('port', { ...required, ...integer, routing: true }),
        property('region', { propertyType: 'user_provided_immutable' }),
        property('sentinel', {
          ...required,
          isCredential: true,
          shownToOwner: true,
          propertyType: 'system_provided_by_default',
          generate: () => 'made-up',
        }),
        property('ssl', { ...required, ...boolean, routing: true }),
        property('sslrootcert', { routing: true, controlCharacters: 'lines' }),
        property('tunnel', { ...required, defaultValue: 'none', routing: true }),
        property('tunnel_host', { routing: true }),
      ],
    },
  ],
  v3Order: [],
  tolerated: [property('extra')],
  rules: [
    ({ candidate }) =>
      Number(candidate.port) > 65_535 ? [{ name: 'port', why: 'A port is at most 65535.' }] : [],
    ({ candidate }) =>
      candidate.tunnel === 'ssh' && candidate.tunnel_host === undefined
        ? [{ name: 'tunnel_host', why: 'Required while tunnel is ssh.' }]
        : [],
    ({ candidate, changed }) =>
      changed.has('sslrootcert') && candidate.sslrootcert !== undefined && candidate.ssl === 'false'
        ? [{ name: 'sslrootcert', why: 'Set ssl to true.' }]
        : [],
  ],
  meaningless: ({ tunnel }) => (tunnel === 'ssh' ? [] : ['tunnel_host']),
  ...options,
});

/** What a create of {@link sampleForm} must give at least. */
export const sampleProperties = { host: 'db.example.com', port: 5432, password: 'p4ss', ssl: false } as const;
