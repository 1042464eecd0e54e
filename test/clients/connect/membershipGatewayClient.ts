import { createClient, type Client } from 'membership-gateway-client';

export function connectMembershipGatewayClient(url: string, token: string): Client {
  return createClient({ url, token });
}
