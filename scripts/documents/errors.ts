import { type CodeEntry, codes } from '../../src/errors/codes.ts';
import { generatedFrom, renderPage, renderTable } from './markdown.ts';

export function renderErrors(): string {
  const entries: [string, CodeEntry][] = Object.entries(codes);
  const of = (act: CodeEntry['act']) =>
    renderTable(
      ['code', 'status', 'again', 'when'],
      entries
        .filter(([, entry]) => entry.act === act)
        .map(([code, entry]) => [
          `\`${code}\``,
          String(entry.status),
          entry.retry ? 'may succeed later' : 'fails again',
          entry.when,
        ]),
    );
  return renderPage(
    generatedFrom('src/errors/codes.ts'),
    '# Errors',
    [
      'Every failure that the server expects has a code. *Again* says whether the same call can succeed later without',
      'a change. Answers of the Connect API keep the words of its contract, which for several errors are a bare JSON',
      'string without a code; the log has the code always.',
    ].join('\n'),
    '## What the caller can mend',
    of('caller'),
    '## What the operator of the server can mend',
    of('operator'),
  );
}
