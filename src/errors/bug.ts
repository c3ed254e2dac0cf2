/** Something that cannot happen did. Never caught to be handled: it ends the request, or the process. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** Throws a {@link Bug} unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}
