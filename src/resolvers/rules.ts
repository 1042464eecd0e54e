import {
  defaultFieldResolver,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { GatewayError } from '../errors.js';
import { ROLES, type Role } from '../membership.js';
import type { GatewayContext } from './context.js';
import { namedAdministrators, type NamedAdministrators } from './namedAdministrators.js';

/**
 * The least role for each field of the root types, and for each nested field that not every reader may see. A role
 * includes the roles before it. The gateway does not start if a root field is missing here. The services limit every
 * answer further, to the administrators granted to the caller.
 */
export const RULES: Readonly<Record<string, Role>> = {
  // Reads of the record.
  'Query.node': 'VIEWER',
  'Query.request': 'VIEWER',
  'Query.requests': 'VIEWER',
  'Query.outcomes': 'VIEWER',
  'Query.calls': 'VIEWER',
  'Query.doubts': 'VIEWER',
  'Query.statistics': 'VIEWER',
  'Query.administrators': 'VIEWER',
  'Subscription.requestProgress': 'VIEWER',
  // Reads of members.
  'Query.members': 'VIEWER',
  'Query.account': 'VIEWER',
  'Query.accounts': 'VIEWER',
  'Query.reconcile': 'VIEWER',
  'Query.inventory': 'VIEWER',
  'Query.coverage': 'VIEWER',
  'Mutation.refreshInventory': 'OPERATOR',
  // Changes of members.
  'Mutation.createMembers': 'OPERATOR',
  'Mutation.inviteMembers': 'OPERATOR',
  'Mutation.disassociateMembers': 'ADMIN',
  'Mutation.deleteMembers': 'ADMIN',
  'Mutation.retryRequest': 'OPERATOR',
  'Mutation.cancelRequest': 'OPERATOR',
  'Mutation.resolveDoubt': 'ADMIN',
  // Access.
  'Query.tokens': 'ADMIN',
  'Query.deniedAttempts': 'ADMIN',
  'Mutation.createToken': 'ADMIN',
  'Mutation.revokeToken': 'ADMIN',
  'MembershipRequest.origin': 'ADMIN',
};

/**
 * Puts the rules in front of the resolvers of a schema.
 *
 * @throws Error for a root field without a rule, and for a rule without a field.
 */
export function applyRules(schema: GraphQLSchema, rules: Readonly<Record<string, Role>> = RULES): void {
  const fieldNames = new Set<string>();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of objectTypes(schema)) {
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      fieldNames.add(name);
      if (rules[name] === undefined && roots.includes(type)) {
        throw new Error(`${name} has no rule: add it to RULES`);
      }
      applyRule(name, field, rules[name]);
    }
  }
  const unknown = Object.keys(rules).filter((name) => !fieldNames.has(name));
  if (unknown.length > 0) {
    throw new Error(`rules without a field: ${unknown.join(', ')}`);
  }
}

function objectTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[];
}

function applyRule(name: string, field: GraphQLField<unknown, unknown>, least: Role | undefined): void {
  const namesOf = namedAdministrators(field.args);
  const note = namesOf && noteForeign(name, namesOf);
  if (least === undefined && note === null) {
    return;
  }
  guard(field, (args, context) => {
    if (least !== undefined) {
      demand(context, name, least);
    }
    note?.(args, context);
  });
}

/** The check before a resolver. Throws if the caller may not use the field. */
export type Rule = (args: Readonly<Record<string, unknown>>, context: GatewayContext) => void;

const RULE_OF = new WeakMap<GraphQLField<unknown, unknown>, Rule>();

/** Returns the rule of a field, for answers that do not use its resolver. */
export function ruleOf(field: GraphQLField<unknown, unknown>): Rule {
  const rule = RULE_OF.get(field);
  if (rule === undefined) {
    throw new Error(`${field.name} has no rule`);
  }
  return rule;
}

function guard(field: GraphQLField<unknown, unknown>, rule: Rule): void {
  const { resolve = defaultFieldResolver, subscribe } = field;
  RULE_OF.set(field, rule);
  if (subscribe !== undefined) {
    field.subscribe = (source, args, context, info) => {
      rule(args as Record<string, unknown>, context as GatewayContext);
      return subscribe(source, args, context, info);
    };
  }
  field.resolve = (source, args, context, info) => {
    rule(args as Record<string, unknown>, context as GatewayContext);
    return resolve(source, args, context, info);
  };
}

/** Records a denied attempt for each administrator that is not granted. The answer is as if it did not exist. */
function noteForeign(name: string, namesOf: NamedAdministrators): Rule {
  return (args, { caller, denied }) => {
    const granted = caller.administrators;
    if (granted === null) {
      return;
    }
    const foreign = namesOf(args).filter((id) => !granted.includes(id));
    if (foreign.length > 0) {
      denied(name, foreign);
    }
  };
}

function demand({ caller, denied }: GatewayContext, name: string, least: Role): void {
  if (ROLES.indexOf(caller.role) >= ROLES.indexOf(least)) {
    return;
  }
  denied(name);
  throw new GatewayError(
    'FORBIDDEN',
    `${name} is for the role ${least.toLowerCase()}, and you are ${caller.role.toLowerCase()}`,
  );
}
