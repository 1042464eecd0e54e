import type { ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { GatewayContext } from '../../resolvers/context.js';
import { measure } from './documentLimits.js';
import type { CoercedOperation, ParsedOperation } from './parsedOperation.js';
import { createCompileTextPage } from './textPages/compileTextPage.js';

/** A query is compiled at its third execution: compiling takes as long as executing it a few times. */
const COMPILED_AT_EXECUTION = 3;

/** Most compiled queries of a process; the least recently used one is dropped. Clients send a few dozen. */
const MAX_COMPILED = 50;

/** Most selections of a compiled query, a fragment counted wherever it is spread: 1,000 fields take 60 ms and 8 MB. */
const MAX_FIELDS = 200;

type Execute = (parsed: CoercedOperation, context: GatewayContext) => Promise<ExecutionResult>;

/**
 * Executes a query that has been compiled: to JavaScript by graphql-jit, or to the SQL statement that writes the answer
 * as text. Null for a query that is not compiled, which graphql-js executes. The variables must fit their types.
 */
export type ExecuteCompiled = (...args: Parameters<Execute>) => ReturnType<Execute> | null;

interface Query {
  executions: number;
  /** Null before the query is compiled, and for a query that cannot be. */
  execute: Execute | null;
}

/** Compiles frequent queries. Errors and their paths are those of graphql-js; a test compares the two. */
export function createExecuteCompiled(schema: GraphQLSchema): ExecuteCompiled {
  // Apollo caches parsed documents, so the same text is the same object.
  const queries = new WeakMap<OperationDefinitionNode, Query>();
  // In order of their last use.
  const compiled = new Set<Query>();
  const compile = createCompile(schema);

  const markUsed = (query: Query): void => {
    compiled.delete(query);
    compiled.add(query);
    const [oldest] = compiled;
    if (compiled.size > MAX_COMPILED && oldest !== undefined) {
      compiled.delete(oldest);
      oldest.execute = null;
      oldest.executions = 0;
    }
  };

  return (parsed, context) => {
    const { operation } = parsed;
    let query = queries.get(operation);
    if (query === undefined) {
      queries.set(operation, (query = { executions: 0, execute: null }));
    }
    query.executions += 1;
    if (query.executions === COMPILED_AT_EXECUTION) {
      query.execute = compile(parsed);
    }
    if (query.execute === null) {
      return null;
    }
    markUsed(query);
    return query.execute(parsed, context);
  };
}

/** Returns a function that compiles a query; null for one that graphql-js must execute. */
function createCompile(schema: GraphQLSchema): (parsed: ParsedOperation) => Execute | null {
  const compileTextPage = createCompileTextPage(schema);
  return ({ document, operation, operationName }) => {
    // In the objects that graphql-jit makes, the alias __proto__ would set the prototype.
    if (JSON.stringify(document).includes('__proto__')) {
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
}
