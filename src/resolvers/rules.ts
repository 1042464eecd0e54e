import { defaultFieldResolver, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { GatewayError } from '../errors.js';
import { ROLES, type Role } from '../membership.js';
import type { GatewayContext } from './context.js';
import { namedAdministrators, type NamedAdministrators } from './namedAdministrators.js';

/**
 * Who may do what: the least role for each field that begins an operation, and for those further in that not every
 * reader may see. Each role may do what those before it may. A field that begins an operation and is not in this table
 * stops the gateway from starting. What a caller sees and touches behind a field is limited once more, to the
 * administrators granted to it, by the services.
 */
export const RULES: Readonly<Record<string, Role>> = {
  // The record.
  'Query.node': 'VIEWER',
  'Query.request': 'VIEWER',
  'Query.requests': 'VIEWER',
  'Query.outcomes': 'VIEWER',
  'Query.calls': 'VIEWER',
  'Query.statistics': 'VIEWER',
  'Query.administrators': 'VIEWER',
  'Subscription.requestProgress': 'VIEWER',
  // What the services say.
  'Query.members': 'VIEWER',
  'Query.account': 'VIEWER',
  'Query.accounts': 'VIEWER',
  'Query.reconcile': 'VIEWER',
  'Query.inventory': 'VIEWER',
  'Query.coverage': 'VIEWER',
  'Mutation.refreshInventory': 'OPERATOR',
  // Members.
  'Mutation.createMembers': 'OPERATOR',
  'Mutation.inviteMembers': 'OPERATOR',
  'Mutation.disassociateMembers': 'ADMIN',
  'Mutation.deleteMembers': 'ADMIN',
  'Mutation.retryRequest': 'OPERATOR',
  'Mutation.cancelRequest': 'OPERATOR',
  // Who may call, and who did.
  'Query.tokens': 'ADMIN',
  'Query.deniedAttempts': 'ADMIN',
  'Mutation.createToken': 'ADMIN',
  'Mutation.revokeToken': 'ADMIN',
  'MembershipRequest.origin': 'ADMIN',
};

/**
 * Puts the rules in front of the resolvers of a schema.
 *
 * @throws Error for a field that begins an operation and has no rule, and for a rule without a field.
 */
export function applyRules(schema: GraphQLSchema, rules: Readonly<Record<string, Role>> = RULES): void {
  const ruled = new Set<string>();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!('getFields' in type) || type.name.startsWith('__') || !('getInterfaces' in type)) {
      continue;
    }
    for (const field of Object.values((type as GraphQLObjectType).getFields())) {
      const name = `${type.name}.${field.name}`;
      const namesOf = namedAdministrators(field.args);
      const least = rules[name];
      if (least === undefined && roots.includes(type as GraphQLObjectType)) {
        throw new Error(`${name} has no rule: add it to RULES`);
      }
      const note = namesOf && noteForeign(name, namesOf);
      if (least !== undefined || note !== null) {
        guard(field, (args, context) => {
          if (least !== undefined) {
            demand(context, name, least);
          }
          note?.(args, context);
        });
      }
      ruled.add(name);
    }
  }
  const stray = Object.keys(rules).filter((name) => !ruled.has(name));
  if (stray.length > 0) {
    throw new Error(`rules without a field: ${stray.join(', ')}`);
  }
}

/** What stands in front of a resolver: throws when the caller may not go on. */
export type Rule = (args: Readonly<Record<string, unknown>>, context: GatewayContext) => void;

const RULE_OF = new WeakMap<GraphQLField<unknown, unknown>, Rule>();

/** The rule of a field of a schema with rules, for what is answered without its resolver. */
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

/** What is not granted is answered as what does not exist, and all the same is an attempt that was denied. */
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
