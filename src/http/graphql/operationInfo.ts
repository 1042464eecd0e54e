import { Kind, type DocumentNode, type GraphQLFormattedError, type SelectionSetNode } from 'graphql';
import type { OperationInfo } from '../request/requestInfo.js';
import type { ParsedOperation } from './parsedOperation.js';

/** Longest name of an operation in the log, in characters. */
const MAX_NAME_LENGTH = 100;

/** Describes an operation for the log, before its cost and its answer are known. */
export function operationInfoOf({
  document,
  operation,
}: Pick<ParsedOperation, 'document' | 'operation'>): OperationInfo {
  return {
    type: operation.operation,
    name: operation.name?.value.slice(0, MAX_NAME_LENGTH) ?? null,
    fields: [...rootFields(document, operation.selectionSet)],
    cost: null,
    counts: [],
  };
}

/** Whether an operation reads the schema only: the names of all its root fields begin with two underscores. */
export function isIntrospection({ fields }: OperationInfo): boolean {
  return fields.every((field) => field.startsWith('__'));
}

/** The names of the root fields, those in fragments included. */
function rootFields({ definitions }: DocumentNode, rootSet: SelectionSetNode): Set<string> {
  const names = new Set<string>();
  // Each fragment once, since a Set ignores a second `add`; the loop visits what is added during it.
  const sets = new Set([rootSet]);
  for (const { selections } of sets) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        names.add(selection.name.value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        sets.add(selection.selectionSet);
      } else {
        for (const definition of definitions) {
          if (
            definition.kind === Kind.FRAGMENT_DEFINITION &&
            definition.name.value === selection.name.value
          ) {
            sets.add(definition.selectionSet);
          }
        }
      }
    }
  }
  return names;
}

/** The number of errors with each code. */
export function countCodes(errors: readonly GraphQLFormattedError[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { extensions } of errors) {
    const code = typeof extensions?.['code'] === 'string' ? extensions['code'] : 'INTERNAL_ERROR';
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** The `counts` of the requests in the answer of a mutation. */
export function requestCountsIn(data: unknown): unknown[] {
  return Object.values((data ?? {}) as Record<string, { request?: { counts?: unknown } } | null>)
    .map((payload) => payload?.request?.counts)
    .filter((counts) => counts !== undefined);
}
