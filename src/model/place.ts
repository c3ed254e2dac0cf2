/** Where loads went: the tables of a source in one database. Settings may lead to another one, or back to the same. */
export interface Place {
  /** Random; stands in the destination beside the tables, and goes wherever a copy of them goes. */
  readonly id: string;
  /** Where it was reached, without anything secret. */
  readonly address: string;
}

/**
 * Whether loads that went to one of them should stand in the other. The same address with another id: what was there is
 * gone, and was begun anew. The same id at another address: the database moved, or was restored elsewhere.
 */
export const isSamePlace = (one: Place, other: Place): boolean =>
  one.id === other.id || one.address === other.address;
