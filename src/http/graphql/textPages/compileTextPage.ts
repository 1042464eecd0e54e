import {
  getArgumentValues,
  locatedError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { GatewayContext } from '../../../resolvers/context.js';
import { ruleOf } from '../../../resolvers/rules.js';
import type { OutcomesQuery } from '../../../services/input/checkFilters.js';
import type { PageInput } from '../../../services/input/pageArgs.js';
import type { CoercedOperation } from '../parsedOperation.js';
import { JsonText } from './jsonText.js';
import { planTextPage } from './planTextPage.js';

/** The arguments of `Query.outcomes`. */
type OutcomesArguments = PageInput & { readonly filter?: OutcomesQuery | null } & Readonly<
    Record<string, unknown>
  >;

/**
 * Compiles a query for one page of outcomes that selects only columns of their rows: PostgreSQL writes the JSON of the page,
 * and no object is made for a row. Null for every other document.
 */
export function createCompileTextPage(schema: GraphQLSchema) {
  const field = schema.getQueryType()?.getFields()['outcomes'];
  if (field === undefined) {
    throw new Error('the schema has no field Query.outcomes');
  }
  const checkRule = ruleOf(field);

  return (document: DocumentNode, operation: OperationDefinitionNode) => {
    const plan = planTextPage(document, operation);
    if (plan === null) {
      return null;
    }
    const { key, root, columns, isCounted, writers } = plan;
    return async ({ coerced }: CoercedOperation, context: GatewayContext): Promise<ExecutionResult> => {
      try {
        const args: OutcomesArguments = getArgumentValues(field, root, coerced);
        checkRule(args, context);
        const { caller, history } = context;
        const { page, count } = await history.outcomesAsText(caller, args.filter ?? {}, args, columns);
        const totalCount = isCounted ? JSON.stringify(await count()) : '';
        let text = `{"${key}":{`;
        for (const write of writers) {
          text += write(page, totalCount);
        }
        return { data: new JsonText(`${text}}}`) as never };
      } catch (error) {
        return { data: null, errors: [locatedError(error, [root], [key])] };
      }
    };
  };
}
