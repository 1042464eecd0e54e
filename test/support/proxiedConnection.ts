import type { Socket } from 'node:net';

/** Which way bytes go. */
export type Direction = 'TO_CLIENT' | 'TO_SERVER';

/**
 * What can be done to a connection:
 * - `PASS`: everything is passed on, after `latencyMs` each way (none without it)
 * - `RESET`: both sides are reset (RST)
 * - `BLACK_HOLE`: nothing is passed on, neither side is closed or told. What was sent meanwhile is not lost: it
 *   arrives when the connection passes again, as from a network that was cut and has healed, even after its sender left
 * - `HALF_CLOSE`: that direction ends (FIN), the other goes on
 * - `CUT_AFTER`: both sides are reset once this number of bytes more has gone that way; all else is passed on
 */
export type ConnectionFault =
  | { readonly kind: 'PASS'; readonly latencyMs?: number }
  | { readonly kind: 'RESET' }
  | { readonly kind: 'BLACK_HOLE' }
  | { readonly kind: 'HALF_CLOSE'; readonly direction: Direction }
  | { readonly kind: 'CUT_AFTER'; readonly direction: Direction; readonly bytes: number };

/** A connection that goes through the proxy. */
export interface ProxiedConnection {
  /** From now on it meets this, in place of what it met before. */
  meet(fault: ConnectionFault): void;
  /** Resolves when both sides are gone. */
  readonly closed: Promise<void>;
}

/** Joins the two sides; both must be allowed to be half open. */
export function proxyConnection(client: Socket, server: Socket): ProxiedConnection {
  const reset = (): void => {
    for (const socket of [client, server]) {
      resetNow(socket);
    }
  };
  const pipes = {
    TO_CLIENT: createPipe(server, client, reset),
    TO_SERVER: createPipe(client, server, reset),
  };
  for (const socket of [client, server]) {
    socket.on('error', reset);
  }
  return {
    closed: Promise.all([closing(client), closing(server)]).then(() => undefined),
    meet(fault) {
      if (fault.kind === 'RESET') {
        reset();
        return;
      }
      for (const [direction, pipe] of Object.entries(pipes)) {
        const isThisWay = 'direction' in fault && fault.direction === direction;
        pipe.set({
          held: fault.kind === 'BLACK_HOLE',
          latencyMs: fault.kind === 'PASS' ? (fault.latencyMs ?? 0) : 0,
          bytesLeft: fault.kind === 'CUT_AFTER' && isThisWay ? fault.bytes : Infinity,
        });
        if (fault.kind === 'HALF_CLOSE' && isThisWay) {
          pipe.end();
        }
      }
    },
  };
}

/** A connection that is not made yet, or whose FIN is just leaving, cannot be reset: it is given up. */
function resetNow(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (socket.connecting || isEnding) {
    socket.destroy();
  } else {
    socket.resetAndDestroy();
  }
}

function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

interface PipeState {
  /** Whether nothing passes. */
  readonly held: boolean;
  readonly latencyMs: number;
  /** What may pass before the cut. */
  readonly bytesLeft: number;
}

interface Pipe {
  set(state: PipeState): void;
  /** Sends FIN after what has been passed on; what comes later goes nowhere. */
  end(): void;
}

/** Bytes held back before the sender is left waiting, as a network would. */
const LONGEST_QUEUE = 1_048_576;

/** Carries one direction: a queue of what has come, each with the time from which it may go on; null is FIN. */
function createPipe(from: Socket, to: Socket, reset: () => void): Pipe {
  const queue: { chunk: Buffer | null; at: number }[] = [];
  let { held, latencyMs, bytesLeft }: PipeState = { held: false, latencyMs: 0, bytesLeft: Infinity };
  let queued = 0;
  let timer: NodeJS.Timeout | undefined;

  const pass = (chunk: Buffer | null): void => {
    if (chunk === null) {
      to.end();
      return;
    }
    const allowed = chunk.subarray(0, bytesLeft);
    bytesLeft -= chunk.length;
    if (bytesLeft > 0) {
      to.write(allowed);
    } else {
      to.write(allowed, reset);
    }
  };

  const flush = (): void => {
    clearTimeout(timer);
    while (!held && bytesLeft > 0 && to.writable) {
      const [next] = queue;
      const wait = next === undefined ? 0 : next.at + latencyMs - performance.now();
      if (next === undefined || wait > 0) {
        if (next !== undefined) {
          timer = setTimeout(flush, wait);
        }
        break;
      }
      queue.shift();
      queued -= next.chunk?.length ?? 0;
      pass(next.chunk);
    }
    if (queued > LONGEST_QUEUE) {
      from.pause();
    } else {
      from.resume();
    }
  };

  const arrive = (chunk: Buffer | null): void => {
    // After FIN nothing can be passed on; who still sends is not told.
    if (to.writableEnded) {
      return;
    }
    queue.push({ chunk, at: performance.now() });
    queued += chunk?.length ?? 0;
    flush();
  };
  from.on('data', arrive).on('end', () => {
    arrive(null);
  });
  to.once('close', () => {
    clearTimeout(timer);
  });
  return {
    set(state) {
      ({ held, latencyMs, bytesLeft } = state);
      if (bytesLeft <= 0) {
        reset();
      } else {
        flush();
      }
    },
    end: () => to.end(),
  };
}
