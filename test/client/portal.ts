import { createClient, GatewayError, type Client } from 'membership-gateway-client';

/** What a portal does: adds accounts, shows the progress, and lists what was not done. */
export async function addAccounts(
  url: string,
  token: string,
  emails: ReadonlyMap<string, string>,
): Promise<string[]> {
  const gateway: Client = createClient({ url, token: () => Promise.resolve(token) });
  const accounts = [...emails].map(([accountId, email]) => ({ accountId, email }));
  const lines: string[] = [];
  try {
    const { request, userErrors } = await gateway.createMembers({ accounts, services: ['SECURITY_HUB'] });
    if (request === null) {
      return userErrors.map(({ field, code, message }) => `${field?.join('.') ?? ''} ${code}: ${message}`);
    }
    for await (const { status, counts } of gateway.watch(request.id, {
      signal: AbortSignal.timeout(60_000),
    })) {
      lines.push(`${status}: ${counts.processed} of ${counts.total}`);
    }
    for await (const outcome of gateway.outcomes({
      filter: { requestId: request.id, status: ['UNPROCESSED'] },
    })) {
      const { accountId, region, reasonCode, reason } = outcome;
      lines.push(`${accountId} in ${region}: ${reasonCode ?? 'unknown'}, ${reason ?? ''}`);
    }
    const { administrators } = await gateway.execute<{ administrators: { id: string }[] }>(
      '{ administrators { id } }',
    );
    lines.push(`administrators: ${administrators.map(({ id }) => id).join(', ')}`);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') {
      return ['Sign in again.'];
    }
    throw error;
  }
  return lines;
}
