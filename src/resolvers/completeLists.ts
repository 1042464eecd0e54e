import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import type { Completion } from '../services/completion.js';
import type { GatewayContext } from './context.js';

/** Makes every list of objects in an answer pass the operation's `completion`. */
export function completeLists(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) {
      continue;
    }
    for (const field of Object.values(type.getFields())) {
      if (isListType(getNullableType(field.type)) && !isLeafType(getNamedType(field.type))) {
        completeList(field as GraphQLField<unknown, GatewayContext>);
      }
    }
  }
}

function completeList(field: GraphQLField<unknown, GatewayContext>): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (source, args, context, info) => {
    const list = resolve(source, args, context, info);
    return list instanceof Promise
      ? list.then((resolved) => admit(resolved, context.completion))
      : admit(list, context.completion);
  };
}

function admit(list: unknown, completion: Completion): unknown {
  return Array.isArray(list) ? completion.admit(list) : list;
}
