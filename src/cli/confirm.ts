import { Cancelled } from './cancelled.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/**
 * Lets somebody confirm what cannot be undone by typing `answer`; `--yes` stands for it in scripts.
 * @throws {UsageError} when it is not confirmed.
 */
export async function confirm(
  terminal: Terminal,
  options: { readonly question: string; readonly answer: string; readonly yes: boolean | undefined },
): Promise<void> {
  if (options.yes) return;
  if (!terminal.interactive) throw new UsageError(`${options.question}: add --yes to confirm`);
  const given = await terminal.ask(`${options.question}. Type ${options.answer} to go on`);
  if (given.trim() !== options.answer) throw new Cancelled('not confirmed, nothing was changed');
}
