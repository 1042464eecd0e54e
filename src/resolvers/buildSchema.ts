// The decorators of schema/ and resolvers/ need reflect-metadata first.
import 'reflect-metadata';
import {
  defaultFieldResolver,
  defaultTypeResolver,
  isInterfaceType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AccountResolver } from './accounts.js';
import { AdministratorsResolver } from './administrators.js';
import { CallResolver } from './calls.js';
import { CancelRequestResolver } from './cancelRequest.js';
import { CreateMembersResolver } from './createMembers.js';
import { DeleteMembersResolver } from './deleteMembers.js';
import { DisassociateMembersResolver } from './disassociateMembers.js';
import { DoubtResolver } from './doubts.js';
import { InventoryResolver } from './inventory.js';
import { buildWithInputs } from './inputArg.js';
import { InviteMembersResolver } from './inviteMembers.js';
import { MembersResolver } from './members.js';
import { NodeResolver } from './node.js';
import { OriginResolver } from './origins.js';
import { OutcomeResolver } from './outcomes.js';
import { RequestProgressResolver } from './requestProgress.js';
import { RequestResolver } from './requests.js';
import { OutcomeSendResolver } from './outcomeSends.js';
import { ReconcileResolver } from './reconcile.js';
import { RetryRequestResolver } from './retryRequest.js';
import { StatisticsResolver } from './statistics.js';
import { applyRules } from './rules.js';
import { completeLists } from './completeLists.js';
import { TargetHealthResolver } from './targetHealth.js';
import { TokenResolver } from './tokens.js';

const QUERY = `Reads the gateway's record: requests, outcomes and AWS API calls. Only members, account, accounts, reconcile and \
administrators.targets read from AWS. Every answer is limited to the administrators that the caller may use. An \
argument out of range is BAD_USER_INPUT.`;

const MUTATION = `Changes member accounts in GuardDuty and Security Hub. A mutation with userErrors has recorded, sent and withdrawn \
nothing. The mutations of one operation run one after another.`;

const SUBSCRIPTION = `Progress by GraphQL over SSE: POST the operation to /graphql with Accept: text/event-stream, or to /graphql/stream. \
Both modes of the protocol work.`;

/** Returns the gateway's schema. Its resolvers need a `GatewayContext` for each operation. */
export function buildGatewaySchema(): GraphQLSchema {
  const schema = buildWithInputs(() =>
    buildSchemaSync({
      resolvers: [
        AccountResolver,
        AdministratorsResolver,
        CallResolver,
        CancelRequestResolver,
        CreateMembersResolver,
        DeleteMembersResolver,
        DisassociateMembersResolver,
        DoubtResolver,
        InventoryResolver,
        InviteMembersResolver,
        MembersResolver,
        NodeResolver,
        OriginResolver,
        OutcomeResolver,
        OutcomeSendResolver,
        ReconcileResolver,
        RequestProgressResolver,
        RequestResolver,
        RetryRequestResolver,
        TargetHealthResolver,
        StatisticsResolver,
        TokenResolver,
      ],
      // The services check their input and answer with userErrors.
      validate: false,
      // Required with subscriptions but not used: ours have their own sources of events.
      pubSub: {
        publish() {
          throw new Error('nothing is published');
        },
        subscribe() {
          throw new Error('there are no topics');
        },
      },
    }),
  );
  applyRules(schema);
  spellOutDefaults(schema);
  completeLists(schema);
  // type-graphql has no option for descriptions of the root types.
  describe(schema.getQueryType(), QUERY);
  describe(schema.getMutationType(), MUTATION);
  describe(schema.getSubscriptionType(), SUBSCRIPTION);
  return schema;
}

/** Fields with a function as their value, called only if the operation selects them. */
const LAZY_FIELDS = new Set(['totalCount', 'accounts']);

/** Sets the defaults of graphql-js explicitly, since compiled queries (http/graphql/compiledQueries.ts) need them. */
function spellOutDefaults(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    // By __typename and synchronously: type-graphql's own resolver returns a promise.
    if (isInterfaceType(type)) {
      type.resolveType = defaultTypeResolver;
    }
    if (!isObjectType(type)) {
      continue;
    }
    for (const field of Object.values(type.getFields())) {
      if (LAZY_FIELDS.has(field.name)) {
        field.resolve ??= defaultFieldResolver;
      }
    }
  }
}

function describe(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) {
    type.description = description;
  }
}
