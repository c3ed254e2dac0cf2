/** Calls back for each whole message of a client of PostgreSQL; its first has no letter. */
export function splitMessages(deliver: (type: string, message: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let started = false;
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const header = started ? 1 : 0;
      if (pending.length < header + 4) return;
      const end = header + pending.readUInt32BE(header);
      if (pending.length < end) return;
      const type = started ? pending.toString('latin1', 0, 1) : 'startup';
      const whole = pending.subarray(0, end);
      pending = pending.subarray(end);
      started = true;
      deliver(type, whole);
    }
  };
}

/** The text of a message Query (Q) or Parse (P). */
export const statementOf = (type: string, message: Buffer): string => {
  const start = type === 'Q' ? 5 : message.indexOf(0, 5) + 1;
  return message.toString('utf8', start, message.indexOf(0, start));
};
