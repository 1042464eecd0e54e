import { Kind, parse, type OperationDefinitionNode } from 'graphql';
import { expect, it } from 'vitest';
import { operationInfoOf } from '../../../src/http/graphql/operationInfo.js';

it('shows at most 100 characters of the name of an operation', () => {
  const document = parse(`query ${'a'.repeat(80_000)} { __typename }`);
  const operation = document.definitions.find(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  )!;
  expect(operationInfoOf({ document, operation }).name).toBe('a'.repeat(100));
});
