import { GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { ListMembersCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { textOf, MAX_TEXT } from './answerText.js';
import { sendOnce } from './sendOnce.js';

/** Thrown in place of sending: the SDK has found an address. */
class Addressed extends Error {}

/**
 * Why the SDK has no address for a service in some of these regions, a line for each reason: FIPS or dual-stack besides an
 * address of its own, or a region that is no part of a host name. The SDK is asked itself, since it finds these settings in
 * variables and in the AWS configuration files. Nothing is sent.
 */
export async function addressFaults(regions: readonly string[]): Promise<readonly string[]> {
  const places = new Map<string, string[]>();
  for (const region of new Set(regions)) {
    const settings = {
      region,
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      retryStrategy: sendOnce,
      requestHandler: { handle: () => Promise.reject(new Addressed()) },
    };
    const questions = {
      GuardDuty: () => new GuardDutyClient(settings).send(new ListDetectorsCommand({})),
      'Security Hub': () => new SecurityHubClient(settings).send(new ListMembersCommand({})),
      STS: () => new STSClient(settings).send(new GetCallerIdentityCommand({})),
    };
    for (const [service, ask] of Object.entries(questions)) {
      const words = await faultOf(ask);
      if (words !== null) {
        places.set(words, [...(places.get(words) ?? []), `${service} in ${region}`]);
      }
    }
  }
  return [...places].map(([words, where]) => `${where.join(', ')}: ${words}`);
}

async function faultOf(ask: () => Promise<unknown>): Promise<string | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    return error instanceof Addressed ? null : textOf(String(error), MAX_TEXT.sentence);
  }
}
