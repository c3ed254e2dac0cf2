import { createBoundedCache } from '../lib/bounded-cache.ts';
import type { Destination } from '../model/destination.ts';

interface Entry {
  readonly destination: Destination;
  readonly text: string;
}

/** Texts of all destinations together; one of a database takes about 3 kB. */
const maxCharacters = 16_000_000;

/**
 * Renders a destination once for as long as it stays as it is. What is shown follows from the settings (their
 * revision) and from the checks (the last one, the newest one, the system's pause), so those are compared.
 */
export function cacheRendered(render: (destination: Destination) => string): typeof render {
  const cache = createBoundedCache<string, Entry>({
    maxSize: maxCharacters,
    sizeOf: ({ text }) => text.length + 1000,
  });
  return (destination) => {
    const known = cache.get(destination.uid);
    if (known !== undefined && looksTheSame(known.destination, destination)) return known.text;
    const text = render(destination);
    cache.set(destination.uid, { destination, text });
    return text;
  };
}

const looksTheSame = (a: Destination, b: Destination): boolean =>
  a === b ||
  (a.revision === b.revision &&
    a.lastCheck?.name === b.lastCheck?.name &&
    a.checkJobName === b.checkJobName &&
    a.systemPausedAt === b.systemPausedAt &&
    a.updatedAt === b.updatedAt &&
    a.deletedAt === b.deletedAt);
