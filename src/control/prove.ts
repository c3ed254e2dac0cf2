import type { Candidate, Checks, Proof } from '../checks/checks.ts';
import { Failure } from '../errors/failure.ts';

/**
 * Checks a candidate that is committed only if it works.
 * @param onFailed gets the failed check before the failure is thrown.
 * @throws {Failure} CheckFailed (data: `steps`), TooManyRequests.
 */
export async function proveOrThrow(
  checks: Pick<Checks, 'prove'>,
  candidate: Candidate,
  onFailed: (proof: Proof) => Promise<void> = async () => {},
): Promise<Proof> {
  const proof = await checks.prove(candidate);
  const { failure, steps } = proof.outcome;
  if (failure === null) return proof;
  await onFailed(proof);
  throw new Failure('CheckFailed', `Nothing was changed: ${failure.message}`, {
    ...(failure.remedy !== null && { remedy: failure.remedy }),
    data: { steps, step: failure.name, check_code: failure.code },
  });
}
