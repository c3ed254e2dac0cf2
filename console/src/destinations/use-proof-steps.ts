import type { Proof } from './proof-panel.tsx';

/** The steps of the test that a request of this page waits for, as they are told of. */
export function useProofSteps(
  _isRunning: boolean,
  _destinationId: number | null,
): Pick<Proof, 'steps' | 'running'> {
  return { steps: [], running: '' };
}
