import { statSync } from 'node:fs';
import { masterKeyPath } from '../../store/master-key-file.ts';
import { octal } from './examine-folder.ts';
import { type Finding, ok, problem } from './finding.ts';

const subject = 'master key';

/**
 * Is the key file there, and closed to others? Whether it is the right one shows when the store is opened.
 * @param given the key comes from the configuration, so no file is looked for.
 */
export function examineKeyFile(folder: string, given: boolean): Finding {
  if (given) return ok(subject, 'it is given by the configuration');
  const file = masterKeyPath(folder);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) {
    const remedy = 'Put it back from where you keep a copy of it, or give it as BACKSTITCH_MASTER_KEY_FILE.';
    return problem(subject, `there is no ${file}`, remedy);
  }
  if ((stats.mode & 0o077) !== 0) {
    const message = `other users may reach ${file} (mode ${octal(stats.mode)})`;
    const remedy = `chmod 600 ${file}; if others use this machine, also: backstitch keys rotate --master`;
    return problem(subject, message, remedy);
  }
  return ok(subject, `${file} belongs to this user alone; keep a copy of it apart from the backups`);
}
