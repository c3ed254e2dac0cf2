import type { CheckStep } from '@backstitch/client';
import { useEffect, useRef } from 'react';
import { CheckSteps } from '../checks/check-steps.tsx';

/** What a test of settings has found so far. */
export interface Proof {
  readonly state: 'running' | 'succeeded' | 'failed';
  readonly steps: readonly CheckStep[];
  /** The step under way, where it is known. */
  readonly running: string;
}

/** The test of what stands in a form, beside it. */
export function ProofPanel({ proof }: { readonly proof: Proof | null }) {
  const panel = useRef<HTMLElement>(null);
  const state = proof?.state;
  // On a narrow screen it stands below what was clicked.
  useEffect(() => {
    if (state !== undefined) panel.current?.scrollIntoView({ block: 'nearest' });
  }, [state]);
  return (
    <section ref={panel} className="proof-panel" aria-labelledby="proof-title">
      <h2 id="proof-title">Test</h2>
      <p role="status" className="proof-state" data-state={state}>
        {sentence(proof)}
      </p>
      {proof && <CheckSteps steps={proof.steps} running={proof.state === 'running' ? proof.running : null} />}
    </section>
  );
}

function sentence(proof: Proof | null): string {
  if (proof === null)
    return 'A test goes the whole way, as far as writing a row and removing it again. Nothing is stored until it succeeds.';
  if (proof.state === 'running') return 'Trying it …';
  if (proof.state === 'succeeded') return 'It works.';
  return 'It does not work yet. Nothing was stored.';
}
