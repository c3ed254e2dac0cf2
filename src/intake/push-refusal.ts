/** Problems of one record, by field; several fields and several problems a field. */
export type FieldProblems = Readonly<Record<string, readonly string[]>>;

/** Why a body of `POST /v2/import/push` or `/validate` is refused. */
export type PushProblem =
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'no-array' | 'no-client' | 'other-client' }
  | { readonly kind: 'too-many'; readonly message: string }
  | { readonly kind: 'several-clients'; readonly clientId: string }
  | { readonly kind: 'records'; readonly reasons: readonly (FieldProblems | string)[] };

export class PushRefusal extends Error {
  override readonly name = 'PushRefusal';
  readonly problem: PushProblem;
  constructor(problem: PushProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/** The answer, in the words of the contract. */
export function renderPushRefusal({ problem }: PushRefusal): {
  readonly status: number;
  readonly body: object;
} {
  switch (problem.kind) {
    case 'malformed':
      return {
        status: 400,
        body: { status: 'ERROR', message: 'Malformed json in the body!', error: problem.reason, input: null },
      };
    case 'no-array':
      return { status: 400, body: { status: 'ERROR', message: 'An array of records is expected' } };
    case 'too-many':
      return { status: 400, body: { status: 'ERROR', message: problem.message } };
    case 'no-client':
      return { status: 401, body: { status: 'ERROR', error: 'Not Authenticated.', errors: null } };
    case 'other-client': {
      const error = 'Access token is not associated with this client.';
      return { status: 403, body: { status: 'ERROR', error: 'Forbidden', errors: { error } } };
    }
    case 'several-clients':
      return unprocessable([
        `The batch contains data points for multiple clients. Only client_id ${problem.clientId} is allowed`,
      ]);
    case 'records':
      return unprocessable(problem.reasons);
  }
}

const unprocessable = (reasons: readonly (FieldProblems | string)[]) => ({
  status: 422,
  body: {
    status: 'ERROR',
    error: 'Request cannot be processed; see errors.',
    errors: reasons.map((reason) => ({ reason })),
  },
});
