import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's CPU time in hundredths of a second. */
const TICK_MS = 10;

/** CPU time of one process until now, in milliseconds. */
export function processMs(pid: number): number {
  return readProcess(String(pid))?.ms ?? 0;
}

/** CPU time of this process and all its descendants, those that have ended included. */
export function ownMs(): number {
  return treeMs(process.pid);
}

/** CPU time of a process and all its descendants, those that have ended included. */
export function treeMs(root: number): number {
  const processes = new Map<number, { parent: number; ms: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) {
      continue;
    }
    const read = readProcess(name);
    if (read !== null) {
      processes.set(Number(name), read);
    }
  }
  const isOurs = (pid: number): boolean => {
    if (pid === root) {
      return true;
    }
    const parent = processes.get(pid)?.parent;
    return parent !== undefined && parent > 1 && isOurs(parent);
  };
  return [...processes].reduce((sum, [pid, { ms }]) => (isOurs(pid) ? sum + ms : sum), 0);
}

function readProcess(pid: string): { parent: number; ms: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets, which may hold anything.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, ticks] = [fields[1], fields.slice(11, 15).reduce((sum, each) => sum + each, 0)];
    return { parent, ms: ticks * TICK_MS };
  } catch {
    // It ended meanwhile.
    return null;
  }
}
