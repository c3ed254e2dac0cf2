import type { Client, ConnectionCheckWithSteps } from '@backstitch/client';
import type { Cli } from '../cli.ts';
import { startSpinner } from '../spinner.ts';
import type { Connection } from '../with-client.ts';

/** Shows people which step the checks of a destination (null: one that is not stored yet) are at. */
export function showSteps(cli: Cli, { client }: Connection, destinationId: number | null): Disposable {
  const over = new AbortController();
  let at = '';
  const spinner = startSpinner(cli.terminal, () => `checking${at}`);
  if (cli.terminal.interactive)
    void follow(client, destinationId, over.signal, (name) => {
      at = `: ${name.replaceAll('_', ' ')}`;
    });
  return {
    [Symbol.dispose]() {
      over.abort();
      spinner[Symbol.dispose]();
    },
  };
}

/** Never fails: without events, people wait without seeing how far it is. */
async function follow(
  client: Client,
  destinationId: number | null,
  signal: AbortSignal,
  onStep: (name: string) => void,
): Promise<void> {
  try {
    for await (const event of client.events({ signal }))
      if (event.type === 'check.step' && event.destination_id === destinationId) onStep(event.step_name);
  } catch {
    // Aborted, or a server that tells no events.
  }
}

/** The check of that name, or the one that stands for it, at its end. */
export async function watchCheck(
  cli: Cli,
  connection: Connection,
  id: number,
  checkName: string,
  waitSeconds = 60,
): Promise<ConnectionCheckWithSteps> {
  connection.expectCheck();
  using _shown = showSteps(cli, connection, id);
  return await connection.client.destinations.waitForCheck(id, checkName, { timeout: waitSeconds * 1000 });
}
