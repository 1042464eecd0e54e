import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { functionLines } from '../../scripts/functionLines.ts';

const lines = (count: number, text: string) => Array.from({ length: count }, () => text).join('\n');

function messagesOf(code: string): string[] {
  const messages = new Linter().verify(code, {
    languageOptions: { parser: tseslint.parser },
    plugins: { local: { rules: { 'function-lines': functionLines } } },
    rules: { 'local/function-lines': ['error', 60] },
  });
  return messages.map(({ message }) => message);
}

describe('a function', () => {
  it('may have 60 lines of code, and not 61', () => {
    expect(messagesOf(`function f() {\n${lines(58, 'g();')}\n}`)).toEqual([]);
    const tooLong = ['expected a function of at most 60 lines of code, got 61'];
    expect(messagesOf(`function f() {\n${lines(59, 'g();')}\n}`)).toEqual(tooLong);
    expect(messagesOf(`const f = async (a) => {\n${lines(59, 'g();')}\n};`)).toEqual(tooLong);
    expect(messagesOf(`const o = { f() {\n${lines(59, 'g();')}\n} };`)).toEqual(tooLong);
  });

  it.each(['Prisma.sql', 'prisma.$queryRaw', 'tx.$executeRaw', 'prisma.$queryRaw<Row[]>'])(
    'may have 100 lines of SQL in %s besides',
    (tag) => {
      const sql = `${tag}\`\n${lines(100, '  SELECT ${id}, 1')}\n\``;
      expect(messagesOf(`function f() {\n${lines(57, 'g();')}\nreturn ${sql};\n}`)).toEqual([]);
      expect(messagesOf(`function f() {\n${lines(58, 'g();')}\nreturn ${sql};\n}`)).toHaveLength(1);
    },
  );

  it('may have blank lines and comments besides', () => {
    const rest = `${lines(100, '')}\n${lines(100, '// text')}\n/*\n${lines(100, 'text')}\n*/`;
    expect(messagesOf(`function f() {\n${lines(58, 'g();')}\n${rest}\n}`)).toEqual([]);
  });

  it('has code between two pieces of SQL, and text in other template literals, as lines', () => {
    const code = `Prisma.sql\`SELECT \${[\n${lines(60, '1,')}\n]}\``;
    expect(messagesOf(`function f() {\nreturn ${code};\n}`)).toHaveLength(1);
    expect(messagesOf(`function f() {\nreturn \`${lines(61, 'text')}\`;\n}`)).toHaveLength(1);
  });
});
