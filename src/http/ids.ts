/**
 * An id as paths and queries carry it: `86741`, and no other way to write that number. Null for everything else.
 */
export function parseId(text: string | undefined): number | null {
  if (text === undefined || !/^[1-9]\d{0,15}$/.test(text)) return null;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : null;
}
