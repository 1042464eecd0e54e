/*
 * The ESLint rule `local/function-lines`: like max-lines-per-function without blank lines and comments, but without lines of
 * SQL either. One statement stays in one function, however long it is.
 */
import type { AST, Rule } from 'eslint';

/** The last names in the tags of template literals with SQL: Prisma.sql, prisma.$queryRaw, tx.$executeRaw. */
const SQL_TAGS = new Set(['sql', '$queryRaw', '$executeRaw']);

export const functionLines: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'integer', minimum: 1 }],
    messages: {
      tooLong: 'expected a function of at most {{maximum}} lines of code, got {{actual}}',
    },
  },
  create(context) {
    const [maximum] = context.options as [number];
    const { ast } = context.sourceCode;
    const functions: Rule.Node[] = [];
    // A blank line and a comment have no token.
    const codeLines = new Set(ast.tokens.flatMap(linesOf));
    return {
      TaggedTemplateExpression({ tag, quasi }) {
        const name = tag.type === 'MemberExpression' ? tag.property : tag;
        if (name.type === 'Identifier' && SQL_TAGS.has(name.name)) {
          // The line of the opening backtick is code; a line that begins with SQL is none.
          for (const line of quasi.quasis.flatMap((text) => linesOf(text).slice(1))) {
            codeLines.delete(line);
          }
        }
      },
      ':function'(node: Rule.Node) {
        functions.push(node);
      },
      'Program:exit'() {
        for (const node of functions) {
          const actual = linesOf(node).filter((line) => codeLines.has(line)).length;
          if (actual > maximum) {
            context.report({
              node,
              messageId: 'tooLong',
              data: { maximum: `${maximum}`, actual: `${actual}` },
            });
          }
        }
      },
    };
  },
};

/** The numbers of the lines that a node or a token covers. */
function linesOf({ loc }: { readonly loc?: AST.SourceLocation | null | undefined }): number[] {
  const { start, end } = loc ?? { start: { line: 1 }, end: { line: 0 } };
  return Array.from({ length: end.line - start.line + 1 }, (_, index) => start.line + index);
}
