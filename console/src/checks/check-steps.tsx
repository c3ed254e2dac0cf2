import type { CheckStep } from '@backstitch/client';
import { Link } from '@tanstack/react-router';
import { CodeBlock } from '../elements/code-block.tsx';
import type { Tone } from '../elements/notice.tsx';
import { StatusMark } from '../elements/status.tsx';
import { splitRemedy } from './split-remedy.ts';
import { stepTitle } from './step-titles.ts';

const tones: Readonly<Record<CheckStep['status'], Tone>> = {
  passed: 'good',
  warning: 'warn',
  failed: 'bad',
  skipped: 'idle',
};
const words: Readonly<Record<CheckStep['status'], string>> = {
  passed: 'passed',
  warning: 'passed, with a warning',
  failed: 'failed',
  skipped: 'not tried',
};

/** The steps of a check, one after another, and under the one that failed what to do. */
export function CheckSteps({
  steps,
  running = null,
}: {
  readonly steps: readonly CheckStep[];
  /** The step that is under way; an empty name where it is not known which. */
  readonly running?: string | null;
}) {
  return (
    <ol className="steps">
      {steps.map((step) => (
        <Step key={step.name} step={step} />
      ))}
      {running !== null && (
        <li className="step" data-tone="busy">
          <StatusMark tone="busy" />
          <p className="step-title">{running === '' ? 'Checking …' : `${stepTitle(running)} …`}</p>
        </li>
      )}
    </ol>
  );
}

function Step({ step }: { readonly step: CheckStep }) {
  const { name, status, milliseconds, message, remedy } = step;
  return (
    <li className="step" data-tone={tones[status]} data-step={name}>
      <StatusMark tone={tones[status]} />
      <p className="step-title">
        {stepTitle(name)}
        <span className="visually-hidden">: {words[status]}</span>
      </p>
      {status !== 'skipped' && (
        <>
          <p className="step-time">{milliseconds} ms</p>
          <p className="step-message">{message}</p>
        </>
      )}
      {remedy !== null && <Remedy text={remedy} />}
    </li>
  );
}

/** Calls of the API that a remedy names are links to where the console does the same. */
function WithLinks({ text }: { readonly text: string }) {
  const [before = '', id, after = ''] = text.split(/POST \/v4\/destinations\/(\d+)\/check/, 3);
  if (id === undefined) return text;
  return (
    <>
      {before}
      <Link to="/destinations/$id" params={{ id: Number(id) }}>
        test it
      </Link>
      {after}
    </>
  );
}

/** What to do, with the SQL in it ready to be copied. */
export function Remedy({ text }: { readonly text: string }) {
  const remedy = splitRemedy(text);
  return (
    <div className="remedy">
      <p>
        <strong>What to do</strong> <WithLinks text={remedy.text} />
      </p>
      {remedy.sql !== null && <CodeBlock text={remedy.sql} label="SQL to run" copyLabel="Copy SQL" />}
    </div>
  );
}
