/**
 * A point in time in a record that came as Transit, where values carry their type: unlike a string that looks like a
 * date it is a timestamp in the destination. JSON has none of these.
 */
export class Instant {
  /** ISO 8601 in UTC: `2026-01-31T12:00:00.000Z`. */
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return this.text;
  }
}

export const isInstant = (value: unknown): value is Instant => value instanceof Instant;
