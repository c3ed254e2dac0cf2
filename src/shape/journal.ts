/** What must be undone should the record at hand be rejected: it leaves nothing behind. */
export interface Journal {
  /** Steps are undone in reverse order. */
  note(undo: () => void): void;
  /** The record was accepted: nothing is undone any more. */
  keep(): void;
  undo(): void;
}

export function createJournal(): Journal {
  const steps: (() => void)[] = [];
  return {
    note: (undo) => void steps.push(undo),
    keep() {
      if (steps.length > 0) steps.length = 0;
    },
    undo() {
      while (steps.length > 0) steps.pop()!();
    },
  };
}
