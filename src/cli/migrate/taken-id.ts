export interface IdOptions {
  /** What cannot have its own id, since that is taken here, gets a new one. */
  readonly newIds: boolean;
}

/** Why something whose id is taken cannot move, and what helps. */
export const takenId = (kind: 'destination' | 'source', id: number): [why: string, remedy: string] => [
  `the id ${id} is taken here, by another account or a ${kind} that was deleted`,
  `Move into an installation of its own, where ids are free (--data <folder>), or add --new-ids: it gets another id, which programs that name ${id} must be told.`,
];
