import { createClient, type Client, type ClientOptions } from 'membership-gateway-client';

export function connectMembershipGatewayClient(
  url: string,
  token: string,
  options: Partial<ClientOptions> = {},
): Client {
  return createClient({ url, token, ...options });
}
