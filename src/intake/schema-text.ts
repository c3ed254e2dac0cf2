import { type ExactJsonObject, renderExactJson } from '../lib/exact-json.ts';

/** By what a schema is known again: equal texts are equal schemas. Asked for every batch, so it is quick. */
export function schemaText(schema: ExactJsonObject): string {
  const text = JSON.stringify(schema);
  // How an ExactNumber looks here; something else may look so too, and then takes the slower way.
  return text.includes('{"text":"') ? renderExactJson(schema) : text;
}
