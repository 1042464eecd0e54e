import { createLog } from '../../src/log.js';
import type { MembershipOperation, SecurityService } from '../../src/membership.js';
import type { CallAnswer, Upstream } from '../../src/ports/upstream.js';
import { createUpstream, type UpstreamOptions } from '../../src/upstream/upstream.js';

/** The call that is sent. */
export const CALL_ID = '01a1fc84-6b0b-7357-ad8c-145f65014dad';

const REGION = 'eu-west-1';

/** Sends one call to a server that does as it is told. Without an endpoint, to AWS's own address. */
export async function sendTo(
  endpoint: string | null,
  service: SecurityService,
  operation: MembershipOperation = 'CREATE_MEMBERS',
  options: Partial<UpstreamOptions> = {},
): Promise<CallAnswer> {
  const upstream = upstreamTo(endpoint, service, options);
  try {
    return await sendOn(upstream, service, operation);
  } finally {
    upstream.close();
  }
}

/** The services at an address, with one administrator. The caller closes it. */
export function upstreamTo(
  endpoint: string | null,
  service: SecurityService,
  options: Partial<UpstreamOptions> = {},
): Upstream {
  return createUpstream({
    administrators: [
      {
        id: 'security',
        accountId: '111122223333',
        roleArn: null,
        externalId: null,
        profile: null,
        services: [service],
        regions: [REGION],
        detectorIds: {},
      },
    ],
    endpoint,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    log: createLog('silent'),
    requestTimeoutMs: 5_000,
    ...options,
  });
}

/** Sends one call. */
export function sendOn(
  upstream: Upstream,
  service: SecurityService,
  operation: MembershipOperation = 'CREATE_MEMBERS',
): Promise<CallAnswer> {
  return upstream.changeMembers(
    { administrator: 'security', service, region: REGION },
    {
      callId: CALL_ID,
      operation,
      accounts: [{ accountId: '000000000001', email: 'a@example.com' }],
      detectorId: 'd1',
      message: null,
      disableEmailNotification: null,
    },
  );
}
