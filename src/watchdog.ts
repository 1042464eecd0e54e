import { url as inspectorUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';

/** Time between two signs of life of the event loop, and between two looks at them, in milliseconds. */
const BEAT_MS = 1_000;

/**
 * Longest time that the event loop may be held, in milliseconds. Ours: other replicas take the lanes over within 8 seconds, and
 * a process in this state serves no request and hears no signal. No work of the gateway takes a second of it.
 */
const MAX_HELD_MS = 60_000;

/** Looks from a thread of its own, which a held event loop does not hold. A process that was frozen is not looked at meanwhile. */
const PROGRAM = `
  const { workerData: { beats, beatMs, maxHeldMs } } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  let last = -1;
  let heldMs = 0;
  setInterval(() => {
    const now = Atomics.load(beats, 0);
    heldMs = now === last ? heldMs + beatMs : 0;
    last = now;
    if (heldMs >= maxHeldMs) {
      const msg = 'the event loop has been held for ' + maxHeldMs + ' ms: the process ends';
      writeSync(2, JSON.stringify({ level: 60, time: new Date().toISOString(), msg }) + '\\n');
      process.kill(process.pid, 'SIGKILL');
    }
  }, beatMs);
`;

/**
 * Ends the process when its event loop has been held for a minute: no signal handler runs then. The record needs no farewell,
 * since every call is on record before it leaves. Does nothing in a debugger, where a breakpoint holds the loop.
 */
export function startWatchdog({ beatMs = BEAT_MS, maxHeldMs = MAX_HELD_MS } = {}): void {
  if (inspectorUrl() !== undefined) {
    return;
  }
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  setInterval(() => Atomics.add(beats, 0, 1), beatMs / 2).unref();
  new Worker(PROGRAM, { eval: true, execArgv: [], workerData: { beats, beatMs, maxHeldMs } }).unref();
}
