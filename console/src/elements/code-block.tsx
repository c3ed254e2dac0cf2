import { CopyButton } from './copy-button.tsx';

/** Text to be used elsewhere: a command, a key, SQL. */
export function CodeBlock({
  text,
  label,
  copyLabel = 'Copy',
}: {
  readonly text: string;
  /** Names the block for those who cannot see it. */
  readonly label: string;
  readonly copyLabel?: string;
}) {
  return (
    <figure className="code-block" aria-label={label}>
      <pre>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={copyLabel} />
    </figure>
  );
}
