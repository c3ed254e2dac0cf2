import { CodeBlock } from '../elements/code-block.tsx';

/** A call that sends one record, ready to be pasted into a shell. Without the token where that is not known any more. */
export function SendExample({ token }: { readonly token: string | null }) {
  const batch = {
    table_name: 'orders',
    key_names: ['id'],
    schema: {
      properties: { id: { type: 'integer' }, customer: { type: 'string' }, total: { type: 'number' } },
    },
    messages: [{ action: 'upsert', sequence: 1, data: { id: 1, customer: 'Ada', total: 42.5 } }],
  };
  const command = [
    `curl ${location.origin}/v2/import/batch \\`,
    `  -H "Authorization: Bearer ${token ?? '$IMPORT_TOKEN'}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(batch)}'`,
  ].join('\n');
  return <CodeBlock text={command} label="Example call" copyLabel="Copy command" />;
}
