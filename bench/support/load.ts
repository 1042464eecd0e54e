import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Closers } from '../../src/closers.js';
import type { LoadAnswer, LoadOrder } from '../history/load.js';
import { ROOT } from './report.js';

/** Puts one server under load; rejects when an answer was not a good one. */
export type Load = (order: LoadOrder) => Promise<LoadAnswer>;

/** Starts the load generator on the plain Node, a process of its own. */
export function startLoad(closers: Closers): Load {
  const child = fork(path.join(ROOT, 'bench/history/load.ts'), { execArgv: [] });
  const ended = once(child, 'exit');
  closers.add('load', async () => {
    child.kill();
    await ended;
  });
  return async (order) => {
    child.send(order);
    const [answer] = (await once(child, 'message')) as [LoadAnswer];
    if (answer.failures > 0) {
      throw new Error(`${answer.failures} bad answers from ${order.url}`);
    }
    return answer;
  };
}
