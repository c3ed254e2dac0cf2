/**
 * Keeps the focus in the page: whoever uses a keyboard would begin at the top again when what they have just used is
 * taken away, as a button is whose work is done. The title of the dialog or the view gets it then.
 * @returns what ends it.
 */
export function keepFocus(): () => void {
  let last: Element | null = null;
  const note = ({ target }: FocusEvent) => {
    last = target instanceof Element ? target : null;
  };
  const mend = () => {
    if (last === null || last.isConnected || document.activeElement !== document.body) return;
    last = null;
    const title = document.querySelector<HTMLElement>('dialog[open] h2') ?? document.querySelector('h1');
    title?.focus({ preventScroll: true });
  };
  // After all that one action takes away and puts in its place, so that a new view can choose for itself.
  const observer = new MutationObserver(() => setTimeout(mend, 0));
  document.addEventListener('focusin', note);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener('focusin', note);
    observer.disconnect();
  };
}
