/*
 * The same query the way it is usually built: Apollo Server with its defaults, the shape of the schema in SDL, and Prisma's
 * findMany with include, by its own cursor of the last row. DATABASE_URL names the record.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { PrismaPg } from '@prisma/adapter-pg';
import { cursorOf, PAGE_SIZE, placeOf } from './page.ts';
import { sayListening } from './serve.ts';

const TYPES = `#graphql
  scalar AwsAccountId
  scalar EmailAddress
  scalar AwsRegion
  scalar DateTime
  enum MembershipOperation { CREATE_MEMBERS INVITE_MEMBERS DISASSOCIATE_MEMBERS DELETE_MEMBERS }
  enum SecurityService { GUARDDUTY SECURITY_HUB }
  enum OutcomeStatus { PENDING IN_FLIGHT PROCESSED UNPROCESSED FAILED CANCELED }
  enum ReasonCode { ALREADY_MEMBER INTERNAL_ERROR }
  type Outcome {
    id: ID!
    accountId: AwsAccountId!
    email: EmailAddress
    operation: MembershipOperation!
    administrator: ID!
    service: SecurityService!
    region: AwsRegion!
    status: OutcomeStatus!
    reasonCode: ReasonCode
    reason: String
    settledAt: DateTime
  }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type OutcomeConnection { nodes: [Outcome!]! pageInfo: PageInfo! }
  type Query { outcomes(first: Int, after: String): OutcomeConnection! }
`;

/** What Prisma answers with. */
interface Row {
  readonly targetId: bigint;
  readonly accountId: string;
  readonly status: string;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly settledAt: Date | null;
  readonly target: { readonly request: { readonly id: string; readonly operation: string } };
  readonly lane: { readonly administrator: string; readonly service: string; readonly region: string };
}
interface Account {
  readonly requestId: string;
  readonly accountId: string;
  readonly email: string | null;
}

/** The part of the generated client that is used: it is made by the bench, after this file is checked. */
interface Client {
  readonly outcome: { findMany(query: object): Promise<Row[]> };
  readonly requestAccount: { findMany(query: object): Promise<Account[]> };
}

const generated = path.join(import.meta.dirname, '../../dist/bench/prisma/client.ts');
const { PrismaClient } = (await import(pathToFileURL(generated).href)) as {
  PrismaClient: new (options: object) => Client;
};
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env['DATABASE_URL'] }) });

async function outcomes(_root: unknown, { first, after }: { first?: number; after?: string | null }) {
  const size = first ?? PAGE_SIZE;
  const place = after == null ? null : placeOf(after);
  const read = await prisma.outcome.findMany({
    orderBy: [{ targetId: 'desc' }, { accountId: 'desc' }],
    take: size + 1,
    // By conditions: with a cursor of two columns, Prisma's client takes all its memory on this record.
    ...(place && {
      where: {
        OR: [
          { targetId: { lt: BigInt(place.targetId) } },
          { targetId: BigInt(place.targetId), accountId: { lt: place.accountId } },
        ],
      },
    }),
    include: { target: { include: { request: true } }, lane: true },
  });
  const rows = read.slice(0, size);
  // One statement for all of the page: no relation leads from an outcome to its address.
  const accounts = await prisma.requestAccount.findMany({
    where: {
      requestId: { in: [...new Set(rows.map(({ target }) => target.request.id))] },
      accountId: { in: rows.map(({ accountId }) => accountId) },
    },
  });
  const emails = new Map(
    accounts.map(({ requestId, accountId, email }) => [`${requestId} ${accountId}`, email]),
  );
  const last = rows.at(-1);
  return {
    nodes: rows.map(({ target: { request }, lane, ...row }) => ({
      ...row,
      ...lane,
      id: `outcome_${row.targetId}_${row.accountId}`,
      email: emails.get(`${request.id} ${row.accountId}`) ?? null,
      operation: request.operation,
    })),
    pageInfo: {
      hasNextPage: read.length > size,
      endCursor: last ? cursorOf({ targetId: String(last.targetId), accountId: last.accountId }) : null,
    },
  };
}

const server = new ApolloServer({ typeDefs: TYPES, resolvers: { Query: { outcomes } } });
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
sayListening(Number(new URL(url).port));
