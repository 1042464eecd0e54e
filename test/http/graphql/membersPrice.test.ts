// Schema classes have decorators.
import 'reflect-metadata';
import { getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import { createCostOf } from '../../../src/http/graphql/cost.js';
import { buildGatewaySchema } from '../../../src/resolvers/buildSchema.js';

it('the members of an account cost an entry for each target, and at least ten', () => {
  const schema = buildGatewaySchema();
  const document = parse('{ account(accountId: "111111111111") { members { service region status } } }');
  const operation = getOperationAST(document)!;
  const coerced = { document, operation, operationName: null, variables: {}, coerced: {} };
  const costAt = (targets: number): number => createCostOf(schema, targets)(coerced);
  expect(costAt(4)).toBe(costAt(10));
  expect(costAt(340)).toBeGreaterThan(costAt(10) + 90);
});
