/**
 * Bounds the work that one body may cause, so that a hostile schema or pattern cannot stop the server. One budget is
 * shared by all records of a body. What it counts is cheap and frequent, about 10 million steps a second.
 */
export class StepBudget {
  #left: number;
  constructor(steps: number) {
    this.#left = steps;
  }
  /** @throws {OutOfSteps} once all steps are spent. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new OutOfSteps();
  }
}

/** Checking records against their schema takes too long. */
export class OutOfSteps extends Error {
  override readonly name = 'OutOfSteps';
}
