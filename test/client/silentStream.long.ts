import { expect, it } from 'vitest';
import { createClient } from '../../client/src/index.js';
import { accounts, startGateway } from '../support/gateway.js';
import { startFaultyGateway, type Fault } from './faultyGateway.js';

/** A proxy that keeps a stream back until it has ended. */
const holdBack: Fault = async (answer, pass) => {
  const response = await pass();
  answer.writeHead(response.statusCode ?? 500, response.headers);
  answer.flushHeaders();
  response.on('error', () => undefined).resume();
};

it('watch sends queries when nothing arrives on two streams for ten seconds each', async () => {
  const gateway = await startGateway();
  try {
    await using faulty = await startFaultyGateway(gateway.url);
    const client = createClient({ url: faulty.url });
    const { request } = await client.createMembers({ accounts: accounts(1) });
    faulty.fail(holdBack, holdBack);
    const states = [];
    for await (const { status } of client.watch(request!.id)) {
      states.push(status);
    }
    expect(states).toEqual(['SUCCEEDED']);
    expect(faulty.seen.map(({ query }) => query.slice(0, 'query'.length))).toEqual([
      'subsc',
      'subsc',
      'query',
    ]);
  } finally {
    await gateway.stop();
  }
});
