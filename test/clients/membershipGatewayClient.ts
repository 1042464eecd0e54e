import { GatewayError } from 'membership-gateway-client';
import { connectMembershipGatewayClient } from './connect/membershipGatewayClient.js';
import { codesOf, DOCUMENTS, type ConnectTestClient } from './documents.js';

/** Runs the documents of the other clients by `execute`, and follows requests by its own. */
export const membershipGatewayClient: ConnectTestClient = (url, token) => {
  // The codes are those of the first answer.
  const client = connectMembershipGatewayClient(url, token, { attempts: 1 });
  return {
    async run(name, variables = {}) {
      try {
        return { data: await client.execute(DOCUMENTS[name], variables), codes: [] };
      } catch (error) {
        if (error instanceof GatewayError) {
          return { data: error.data ?? null, codes: codesOf(error.errors) };
        }
        throw error;
      }
    },
    async follow({ id }) {
      const answers = [];
      for await (const { status, counts } of client.watch(id as string)) {
        const { total, processed } = counts;
        answers.push({ data: { requestProgress: { id, status, counts: { total, processed } } }, codes: [] });
      }
      return answers;
    },
  };
};
