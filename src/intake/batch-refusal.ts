/** Why a body of `POST /v2/import/batch` is refused: the text of `error` in a 400. */
export class BatchRefusal extends Error {
  override readonly name = 'BatchRefusal';
}

/** @param place JSON pointer as the original prints it: `#`, `#/messages/0`. */
export const invalid = (place: string, message: string): BatchRefusal =>
  new BatchRefusal(`Request failed validation:${place}: ${message}`);

/** The answer's body. */
export const renderBatchRefusal = ({ message }: BatchRefusal): { readonly error: string } => ({
  error: message,
});
