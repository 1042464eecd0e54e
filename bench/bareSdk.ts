/*
 * The floor that the gateway is measured against: the AWS SDK alone, in a process of its own, told over IPC what to
 * send. Nothing is recorded, paced or paired. Started by support/bareSdk.ts; Node runs this file as it is.
 */
import {
  CreateMembersCommand as GuardDutyCreate,
  GuardDutyClient,
  ListDetectorsCommand,
} from '@aws-sdk/client-guardduty';
import { CreateMembersCommand as SecurityHubCreate, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { BareAnswer, BareOrder, BareTarget } from './support/bareSdk.ts';

type Account = BareOrder['accounts'][number];
type Send = (accounts: readonly Account[]) => Promise<unknown>;

const agent = { keepAlive: true, maxSockets: 512 };
const requestHandler = new NodeHttpHandler({ httpAgent: agent, httpsAgent: agent });
const senders = new Map<string, Promise<Send>>();

process.on('message', (order: BareOrder) => {
  carryOut(order).then(
    (ms) => process.send?.({ ms } satisfies BareAnswer),
    (error: unknown) => process.send?.({ error: String(error) } satisfies BareAnswer),
  );
});
process.once('disconnect', () => process.exit());

async function carryOut({
  targets,
  accounts,
  accountsPerCall,
  inFlight,
  endpoint,
}: BareOrder): Promise<number[]> {
  const sends = await Promise.all(targets.map((target) => senderOf(target, endpoint)));
  const calls = chunked(accounts, accountsPerCall);
  if (inFlight === null) {
    return oneByOne(sends, calls);
  }
  const startedAt = performance.now();
  await Promise.all(sends.map((send) => crowd(send, calls, inFlight)));
  return [performance.now() - startedAt];
}

/** Each call to all targets at once, and the next when the last of them has answered. */
async function oneByOne(sends: readonly Send[], calls: readonly Account[][]): Promise<number[]> {
  const times: number[] = [];
  for (const call of calls) {
    const startedAt = performance.now();
    await Promise.all(sends.map((send) => send(call)));
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** All calls to one target, with a constant number in flight. */
async function crowd(send: Send, calls: readonly Account[][], inFlight: number): Promise<void> {
  const waiting = [...calls];
  const work = async (): Promise<void> => {
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      await send(call);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
}

function senderOf(target: BareTarget, endpoint: string): Promise<Send> {
  const key = `${target.service}/${target.region}`;
  const known = senders.get(key) ?? createSender(target, endpoint);
  senders.set(key, known);
  return known;
}

async function createSender({ service, region }: BareTarget, endpoint: string): Promise<Send> {
  const credentials = { accessKeyId: 'AKIASANDBOX111122223333', secretAccessKey: 'sandbox-secret' };
  const settings = { region, endpoint, credentials, requestHandler, maxAttempts: 1 };
  if (service === 'SECURITY_HUB') {
    const client = new SecurityHubClient(settings);
    return (accounts) => client.send(new SecurityHubCreate({ AccountDetails: details(accounts) }));
  }
  const client = new GuardDutyClient(settings);
  const { DetectorIds: [DetectorId] = [] } = await client.send(new ListDetectorsCommand({}));
  return (accounts) => client.send(new GuardDutyCreate({ DetectorId, AccountDetails: details(accounts) }));
}

function details(accounts: readonly Account[]): { AccountId: string; Email: string }[] {
  return accounts.map(({ accountId, email }) => ({ AccountId: accountId, Email: email }));
}

function chunked(accounts: readonly Account[], size: number): Account[][] {
  const starts = Array.from({ length: Math.ceil(accounts.length / size) }, (_, index) => index * size);
  return starts.map((start) => accounts.slice(start, start + size));
}
