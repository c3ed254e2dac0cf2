/** A time of the model (milliseconds since 1970) as every answer shows it: `2018-02-06T15:36:36Z`, UTC, whole seconds. */
export const renderTimestamp = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

export const renderTimestampOrNull = (time: number | null): string | null =>
  time === null ? null : renderTimestamp(time);

const date = String.raw`\d{4}-\d\d-\d\d`;
const timeOfDay = String.raw`[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?`;
const zone = String.raw`Z|[+-]\d\d(?::?\d\d)?`;
const iso8601 = new RegExp(`^(${date})(?:(${timeOfDay})(${zone})?)?$`, 'i');

/** Milliseconds since 1970 of an ISO 8601 time; a date alone is its midnight, without a zone it is UTC. Null: none. */
export function parseTimestamp(text: string): number | null {
  const [, day, time = 'T00:00', offset = 'Z'] = iso8601.exec(text) ?? [];
  if (day === undefined) return null;
  const zoned = offset.replace(
    /^([+-]\d\d):?(\d\d)?$/,
    (_all, hours, minutes) => `${hours}:${minutes ?? '00'}`,
  );
  const milliseconds = Date.parse(`${day}${time.replace(' ', 'T')}${zoned}`.toUpperCase());
  return Number.isNaN(milliseconds) ? null : milliseconds;
}
