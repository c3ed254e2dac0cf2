/** A time of the model (milliseconds since 1970) as every answer shows it: `2018-02-06T15:36:36Z`, UTC, whole seconds. */
export const renderTimestamp = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
