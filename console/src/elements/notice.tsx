import type { ReactNode } from 'react';

export type Tone = 'good' | 'bad' | 'warn' | 'idle' | 'busy';

/** Something that has to be read. Bad news are announced at once. */
export function Notice({
  tone,
  title,
  children,
}: {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="notice" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <p className="notice-title">{title}</p>
      {children}
    </div>
  );
}
