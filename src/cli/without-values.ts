/**
 * What commander says of a wrong command line, without what somebody may have typed in the wrong place: values behind an
 * equals sign, and arguments that are too many. Errors end up in logs.
 */
export const withoutValues = (message: string): string =>
  message.replace(/'([^'=\s]+)=[^']*'/g, "'$1=…'").replace(/( but got \d+): .*\.$/m, '$1.');
