import {
  OperationTypeNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { GatewayContext } from '../../resolvers/context.js';
import type { PricedOperation } from './cost.js';
import { measure } from './documentLimits.js';
import { createCompileTextPage } from './textPages/textPages.js';

/** Times that a document is executed as it is before it is compiled, which costs as much as executing it a few times. */
const EXECUTIONS_BEFORE_COMPILING = 3;

/** Most documents that are kept compiled, the least recently used forgotten first: clients have a few dozen. */
const MAX_COMPILED = 50;

/** Most fields of a document that is compiled, fragments counted wherever they are spread: a thousand take 60 ms and 8 MB. */
const MAX_FIELDS = 200;

/**
 * Executes a query that comes again and again, and whose variables fit, compiled to JavaScript by graphql-jit, or to the
 * statement by which PostgreSQL writes the answer. Null for mutations and for documents that are new: those are for graphql-js.
 */
export type ExecuteCompiled = (
  asked: PricedOperation,
  context: GatewayContext,
) => Promise<ExecutionResult> | null;

interface Known {
  times: number;
  /** Null until it is compiled, and when it cannot be. */
  execute: ((asked: PricedOperation, context: GatewayContext) => Promise<ExecutionResult>) | null;
}

/** Compiles by itself what comes often. Errors and their places are those of graphql-js; a test compares the two. */
export function createExecuteCompiled(schema: GraphQLSchema): ExecuteCompiled {
  // Apollo keeps the documents themselves, and gives the same one for the same text.
  const known = new WeakMap<OperationDefinitionNode, Known>();
  const compiled = new Set<Known>();
  const compileTextPage = createCompileTextPage(schema);

  const compile = ({ document, operation, operationName }: PricedOperation): Known['execute'] => {
    // As the name of an answer, __proto__ would become its prototype.
    if (document.loc?.source.body.includes('__proto__') !== false) {
      return null;
    }
    if (measure(document).fields > MAX_FIELDS) {
      return null;
    }
    const page = compileTextPage(document, operation);
    if (page !== null) {
      return page;
    }
    const query = compileQuery(schema, document, operationName ?? undefined);
    if (!isCompiledQuery(query)) {
      return null;
    }
    return ({ variables }, context) => Promise.resolve(query.query(undefined, context, variables));
  };

  return (asked, context) => {
    const { operation } = asked;
    if (operation.operation !== OperationTypeNode.QUERY) {
      return null;
    }
    let entry = known.get(operation);
    if (entry === undefined) {
      known.set(operation, (entry = { times: 0, execute: null }));
    }
    entry.times += 1;
    if (entry.times === EXECUTIONS_BEFORE_COMPILING) {
      entry.execute = compile(asked);
    }
    if (entry.execute === null) {
      return null;
    }
    // Its place among the recently used.
    compiled.delete(entry);
    compiled.add(entry);
    const [oldest] = compiled;
    if (compiled.size > MAX_COMPILED && oldest !== undefined) {
      compiled.delete(oldest);
      oldest.execute = null;
      oldest.times = 0;
    }
    return entry.execute(asked, context);
  };
}
