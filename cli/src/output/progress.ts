import { moveCursor, clearScreenDown } from 'node:readline';
import type { RequestState } from '../requests/requestState.js';

/** Shows how far a request is, on standard error. */
export interface Progress {
  update(state: RequestState): void;
  /** Removes the bars, so that other lines can follow. */
  end(): void;
}

/** The stream for progress, which may be a terminal. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

const BAR_CELLS = 24;

/** A log gets a line at most so often, in milliseconds. */
const LOG_INTERVAL_MS = 5_000;

const SILENT: Progress = { update: () => undefined, end: () => undefined };

/** A bar for each target on a terminal, a line every 5 s in a log, nothing with --quiet. */
export function createProgress(
  stream: ProgressStream,
  { quiet, bars }: { readonly quiet: boolean; readonly bars: boolean },
): Progress {
  if (quiet) {
    return SILENT;
  }
  return bars ? terminalBars(stream) : logLines(stream);
}

function terminalBars(stream: ProgressStream): Progress {
  let lines = 0;
  const clear = (): void => {
    if (lines > 0) {
      moveCursor(stream, 0, -lines);
      clearScreenDown(stream);
      lines = 0;
    }
  };
  return {
    update({ targets }) {
      clear();
      const names = targets.map(({ service, region }) => `${service} ${region}`);
      const width = Math.max(...names.map((name) => name.length));
      const columns = stream.columns ?? 80;
      const rows = targets.map(({ counts }, i) => `${(names[i] ?? '').padEnd(width)} ${bar(counts)}`);
      stream.write(rows.map((row) => `${row.slice(0, columns - 1)}\n`).join(''));
      lines = rows.length;
    },
    end: clear,
  };
}

function logLines(stream: ProgressStream): Progress {
  let last = Date.now();
  return {
    update({ id, counts }) {
      if (Date.now() - last >= LOG_INTERVAL_MS) {
        last = Date.now();
        stream.write(`${id}: ${amounts(counts)}\n`);
      }
    },
    end: () => undefined,
  };
}

type Counts = RequestState['counts'];

function bar(counts: Counts): string {
  const done = counts.total === 0 ? 1 : settled(counts) / counts.total;
  const cells = Math.floor(done * BAR_CELLS);
  return `[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}] ${amounts(counts)}`;
}

function amounts(counts: Counts): string {
  const others = counts.unprocessed + counts.failed + counts.canceled;
  return `${settled(counts)} of ${counts.total}${others > 0 ? `, ${others} not done` : ''}`;
}

function settled({ processed, unprocessed, failed, canceled }: Counts): number {
  return processed + unprocessed + failed + canceled;
}
