import { useState } from 'react';
import { CodeBlock } from '../elements/code-block.tsx';

/** A call that sends one record, ready to be pasted into a shell. Without the token where that is not known any more. */
export function SendExample({ token }: { readonly token: string | null }) {
  // Of two records with one key the one with the higher sequence stands.
  const [sequence] = useState(() => Math.floor(Date.now() / 1000));
  const command = `curl ${location.origin}/v2/import/batch \\
  -H "Authorization: Bearer ${token ?? '$IMPORT_TOKEN'}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "table_name": "orders",
    "key_names": ["id"],
    "schema": { "properties": {
      "id": { "type": "integer" },
      "customer": { "type": "string" },
      "total": { "type": "number" } } },
    "messages": [
      { "action": "upsert", "sequence": ${sequence},
        "data": { "id": 1, "customer": "Ada", "total": 42.5 } } ]
  }'`;
  return <CodeBlock text={command} label="Example call" copyLabel="Copy command" />;
}
