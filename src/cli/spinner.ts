import type { Terminal } from './terminal.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shows people that something goes on, and what, until it is disposed. Programs see nothing of it. */
export function startSpinner({ progress }: Terminal, text: () => string): Disposable {
  let turns = 0;
  const turn = (): void => {
    progress(`${frames[turns % frames.length]} ${text()}`);
    turns += 1;
  };
  turn();
  const timer = setInterval(turn, 100);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      progress(null);
    },
  };
}
