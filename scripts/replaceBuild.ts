import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** How long files of earlier builds stay: a process that was started from them may load them late. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/**
 * Moves a build into the place of the one before, while processes run from that. At each moment every file that an entry names is
 * there: files under new names, which hold a hash of their content, come first, then the entries, each in one step. What the new build
 * does not have stays for KEPT_MS.
 * @param list the file that keeps which files a build has
 */
export function replaceBuild(from: string, to: string, list: string, now = Date.now()): void {
  const built = filesIn(from);
  const before = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as string[]) : filesIn(to);
  const isEntry = (file: string) => existsSync(path.join(to, file));
  for (const file of [...built.filter((name) => !isEntry(name)), ...built.filter(isEntry)]) {
    mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    renameSync(path.join(from, file), path.join(to, file));
  }
  rmSync(from, { recursive: true });
  writeFileSync(list, JSON.stringify(built));
  const names = new Set(built);
  for (const file of filesIn(to).filter((name) => !names.has(name))) {
    const place = path.join(to, file);
    if (before.includes(file)) {
      // Its days begin now, however old it is.
      utimesSync(place, now / 1000, now / 1000);
    } else if (statSync(place).mtimeMs < now - KEPT_MS) {
      rmSync(place);
    }
  }
}

/** Removes at once what the last build does not have: a package is made of the folder as it is. */
export function removeReplaced(folder: string, list: string): void {
  const built = JSON.parse(readFileSync(list, 'utf8')) as string[];
  for (const file of filesIn(folder).filter((name) => !built.includes(name))) {
    rmSync(path.join(folder, file));
  }
}

/** The paths of all files, without those of hidden folders. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('.'))
    .sort();
}
