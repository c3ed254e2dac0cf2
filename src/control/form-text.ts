/** What keeps a short text from being stored and shown as it is, as the end of "the name …"; null: nothing. */
export function formText(value: string, longest = 255): string | null {
  if (value.trim() === '') return 'required';
  if ([...value].length > longest) return `must have at most ${longest} characters`;
  if (!value.isWellFormed() || /\p{Cc}/u.test(value)) return 'must not contain control characters';
  return null;
}
