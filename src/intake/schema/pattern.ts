import { type PatternNode, parsePattern, UnusablePattern } from './pattern-syntax.ts';
import type { StepBudget } from './step-budget.ts';

/** True when the pattern occurs in the text. Takes time of (length of text) × (length of pattern) at most. */
export type Pattern = (text: string, budget: StepBudget) => boolean;

type Instruction =
  | { readonly op: 'character'; readonly matches: (code: number) => boolean }
  | { op: 'split'; first: number; second: number }
  | { readonly op: 'assert'; readonly holds: (before: number, after: number) => boolean }
  | { readonly op: 'match' };

/** Counted repetitions are written out: `(a{1000}){1000}` is not run. */
const maxInstructions = 5_000;

/**
 * Compiles a `pattern` of JSON Schema. All ways through the pattern are followed at once, a character at a time, so no
 * pattern backtracks (`(a+)+$` is no slower than others).
 * @throws {UnusablePattern}
 */
export function compilePattern(source: string): Pattern {
  const program = assemble(parsePattern(source));
  const size = program.length;
  const seen = new Int32Array(size).fill(-1);
  const stack: number[] = [];
  let current: number[] = [];
  let next: number[] = [];

  return (text, budget) => {
    seen.fill(-1);
    current = [];
    let before = outside;
    let step = 0;
    for (let at = 0; ; step++) {
      const code = at < text.length ? text.codePointAt(at)! : outside;
      // A match may begin at every character.
      if (follow(0, current, before, code, step)) return true;
      budget.spend(current.length);
      if (code === outside) return false;
      at += code > 0xffff ? 2 : 1;
      const after = at < text.length ? text.codePointAt(at)! : outside;
      next = [];
      for (const place of current) {
        const instruction = program[place]!;
        if (instruction.op === 'character' && instruction.matches(code)) {
          if (follow(place + 1, next, code, after, step + 1)) return true;
        }
      }
      current = next;
      before = code;
    }
  };

  /** Adds the places that can be reached without a character; true when the end is one of them. */
  function follow(from: number, places: number[], before: number, after: number, step: number): boolean {
    stack.push(from);
    while (stack.length > 0) {
      const place = stack.pop()!;
      if (seen[place] === step) continue;
      seen[place] = step;
      const instruction = program[place]!;
      if (instruction.op === 'match') {
        stack.length = 0;
        return true;
      }
      if (instruction.op === 'character') places.push(place);
      else if (instruction.op === 'split') stack.push(instruction.second, instruction.first);
      else if (instruction.holds(before, after)) stack.push(place + 1);
    }
    return false;
  }
}

/** Before the first and behind the last character. */
const outside = -1;

function assemble(node: PatternNode): readonly Instruction[] {
  const program: Instruction[] = [];
  const add = (instruction: Instruction): number => {
    if (program.length >= maxInstructions) throw new UnusablePattern(tooLarge);
    return program.push(instruction) - 1;
  };
  const split = () => {
    const instruction: Instruction = { op: 'split', first: program.length + 1, second: program.length + 1 };
    add(instruction);
    return instruction;
  };

  function emit(part: PatternNode): void {
    switch (part.kind) {
      case 'character':
        add({ op: 'character', matches: part.matches });
        return;
      case 'sequence':
        for (const inner of part.parts) emit(inner);
        return;
      case 'choice':
        emitChoice(part.parts);
        return;
      case 'repeat':
        emitRepeat(part.part, part.min, part.max);
        return;
      default:
        add({ op: 'assert', holds: assertions[part.kind] });
    }
  }

  function emitChoice(parts: readonly PatternNode[]): void {
    const ends = parts.map((part, index) => {
      const fork = index < parts.length - 1 ? split() : null;
      emit(part);
      const end = split();
      if (fork !== null) fork.second = program.length;
      return end;
    });
    for (const end of ends) end.first = end.second = program.length;
  }

  function emitRepeat(part: PatternNode, min: number, max: number): void {
    if (min > maxInstructions || (max !== Infinity && max > maxInstructions))
      throw new UnusablePattern(tooLarge);
    for (let count = 0; count < min; count++) emit(part);
    if (max === Infinity) {
      const fork = split();
      const start = program.length - 1;
      emit(part);
      const back = split();
      back.first = back.second = start;
      fork.second = program.length;
      return;
    }
    const forks = [];
    for (let count = min; count < max; count++) {
      forks.push(split());
      emit(part);
    }
    for (const fork of forks) fork.second = program.length;
  }

  emit(node);
  add({ op: 'match' });
  return program;
}

const tooLarge = 'too large, with its counted repetitions written out';

const isWord = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  (code >= 0x41 && code <= 0x5a) ||
  code === 0x5f ||
  (code >= 0x61 && code <= 0x7a);

const assertions = {
  start: (before: number) => before === outside,
  end: (_before: number, after: number) => after === outside,
  boundary: (before: number, after: number) => isWord(before) !== isWord(after),
  'no-boundary': (before: number, after: number) => isWord(before) === isWord(after),
};
