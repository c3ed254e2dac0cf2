// For `node --import`, in the program under test: the wall clock jumps by as many milliseconds as the file
// <data folder>/clock-shift says, whenever somebody writes it.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const file = `${process.env.BACKSTITCH_DATA}/clock-shift`;
const { now } = Date;
let shift = 0;
setInterval(() => {
  try {
    shift = Number(readFileSync(file, 'utf8'));
  } catch {
    shift = 0;
  }
}, 20).unref();
Date.now = () => now() + shift;
