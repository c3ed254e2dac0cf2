import type { ReactNode } from 'react';
import type { Tone } from './notice.tsx';

/** A state in a word or two, with a mark whose shape says the same as its colour. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className="status" data-tone={tone}>
      <StatusMark tone={tone} />
      {children}
    </span>
  );
}

const shapes: Readonly<Record<Tone, ReactNode>> = {
  good: <path d="M4.5 8.500l2.5 2.5 5-5.5" />,
  bad: <path d="M5 5l6 6M11 5l-6 6" />,
  warn: <path d="M8 4v5M8 11.800v.200" />,
  idle: <path d="M5 8h6" />,
  busy: <path d="M8 3a5 5 0 0 1 5 5" />,
};

export function StatusMark({ tone }: { readonly tone: Tone }) {
  return (
    <svg className="status-mark" data-tone={tone} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="7" />
      {shapes[tone]}
    </svg>
  );
}
