/**
 * The file of a thread's program that stands beside the caller's, as source or as built.
 * @param caller its `import.meta.url`
 * @param name without extension
 */
export function threadProgram(caller: string, name: string): URL {
  return new URL(`./${name}.${caller.endsWith('.ts') ? 'ts' : 'js'}`, caller);
}
