import { type RefObject, useEffect, useRef } from 'react';

/**
 * For a form: brings the focus to the first input that is wrong, as soon as the server has said so.
 * @param what changes with what is wrong; empty: nothing.
 */
export function useFirstError(what: string): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (what !== '') form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [what]);
  return form;
}
