import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'major'; execution: 'sync'; flavor?: 'last-resort' }) => void;

let collector: Collect | undefined;

/**
 * Collects this thread's garbage now, for moments in which there is much of it and nothing else would make V8 look:
 * after the start, and after a large body. Takes some 10 to 30 ms.
 * @param options.thoroughly also gives back what V8 would keep for the next allocations
 */
export function collectGarbage(options: { readonly thoroughly?: boolean } = {}): void {
  collector ??= findCollector();
  collector({ type: 'major', execution: 'sync', ...(options.thoroughly && { flavor: 'last-resort' }) });
}

function findCollector(): Collect {
  setFlagsFromString('--expose-gc');
  const found: Collect = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return found;
}
