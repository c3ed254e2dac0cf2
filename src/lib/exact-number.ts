/**
 * A JSON number that a JavaScript number would change, digit for digit as it came. Numbers without this mark are
 * what the sender wrote: a double gives back their digits, and they are integers exactly when written as such (`3.0`
 * and `1e2` are marked).
 */
export class ExactNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** `JSON.stringify` writes the digits. */
  toJSON(): unknown {
    return rawJson(this.text);
  }
}

/** Of ES2026, and in every Node that runs this; TypeScript does not know it yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
