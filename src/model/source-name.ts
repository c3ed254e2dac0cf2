/** Schema names of some destinations end here. */
const longestName = 49;

/**
 * The name that a display name leads to: lower case, accents taken off, one underscore for each run of other
 * characters, none of those at either end. It may be empty, or no name at all: {@link isSourceName} says.
 */
export const deriveSourceName = (displayName: string): string =>
  displayName
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/^[^a-z0-9_$]+|[^a-z0-9_$]+$/g, '')
    .replace(/[^a-z0-9_$]+/g, '_');

/** Lower-case letters, digits, underscores and dollar signs; begins with a letter or an underscore. */
export const isSourceName = (name: string): boolean =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && name.length <= longestName;
