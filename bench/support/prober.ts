/*
 * A caller with a small query every 20 ms, in a process of its own: told over IPC where and for how long. It sends each query at
 * its time, whether or not the one before has been answered. Node runs this file as it is.
 */
import { Agent, request } from 'node:http';

/** A query every 20 ms. */
export interface ProbeOrder {
  readonly url: string;
  readonly authorization: string;
  readonly seconds: number;
}

/** Times from sending to the whole answer, in milliseconds. */
export interface ProbeAnswer {
  readonly milliseconds: readonly number[];
  readonly failures: number;
}

const INTERVAL_MS = 20;
const BODY = JSON.stringify({ query: '{ requests(first: 1) { nodes { id status } } }' });

process.on('message', (order: ProbeOrder) => {
  void probe(order).then((answer) => process.send?.(answer));
});
process.once('disconnect', () => process.exit());

async function probe({ url, authorization, seconds }: ProbeOrder): Promise<ProbeAnswer> {
  const agent = new Agent({ keepAlive: true });
  const milliseconds: number[] = [];
  let failures = 0;
  const send = async (): Promise<void> => {
    const begin = performance.now();
    const isGood = await post(`${url}/graphql`, authorization, agent);
    milliseconds.push(performance.now() - begin);
    failures += isGood ? 0 : 1;
  };
  const all: Promise<void>[] = [];
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    all.push(send());
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  await Promise.all(all);
  agent.destroy();
  return { milliseconds, failures };
}

function post(url: string, authorization: string, agent: Agent): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const headers = { 'content-type': 'application/json', authorization };
  const sent = request(url, { agent, method: 'POST', headers }, (response) => {
    response.resume();
    response.on('end', () => {
      resolve(response.statusCode === 200);
    });
  });
  sent.on('error', () => {
    resolve(false);
  });
  sent.end(BODY);
  return promise;
}
