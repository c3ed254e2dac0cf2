import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for the page, which ticks while somebody looks at it. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const useNow = (): number => useSyncExternalStore(subscribe, () => now);

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long ago something was, and exactly when for those who point at it. */
export function TimeAgo({ time }: { readonly time: string }) {
  const current = useNow();
  // The server's clock may be ahead of this machine's.
  const seconds = Math.max(0, (current - Date.parse(time)) / 1000);
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ['second', 1];
  const text = seconds < 2 ? 'just now' : relative.format(-Math.floor(seconds / length), unit);
  return (
    <time dateTime={time} title={exact.format(new Date(time))}>
      {text}
    </time>
  );
}

/** For how long something has been so. */
export function Elapsed({ since }: { readonly since: string }) {
  return (
    <time dateTime={since} title={`since ${renderClock(since)}`}>
      {renderDuration(useNow() - Date.parse(since))}
    </time>
  );
}

/** `3 min 20 s`: two units at most. */
function renderDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

export const renderClock = (time: string): string => exact.format(new Date(time));
