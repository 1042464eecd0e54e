import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, Kind, parse, type DocumentNode } from 'graphql';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { operations } from '../../client/src/index.js';

const FILES = globSync('operations/*.graphql');
/** Everything that people run or install. */
const PROGRAMS = globSync('{src,sandbox,web,client,cli,scripts}/**/*.{ts,tsx,js,mjs,graphql,html}', {
  exclude: (name) => ['node_modules', 'dist', 'generated'].includes(path.basename(name)),
});

describe('operations/', () => {
  it.each(FILES)('%s has one operation with its name and a description', (file) => {
    const text = readFileSync(file, 'utf8');
    const names = parse(text).definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? definition.name?.value : definition.kind,
    );
    expect(names).toEqual([path.basename(file, '.graphql')]);
    expect(text).toMatch(/^# \S/);
  });

  it('has every operation of the programs: no other document is in their files', () => {
    expect(PROGRAMS.length).toBeGreaterThan(300);
    const root = buildSchema(readFileSync('schema.graphql', 'utf8')).getQueryType()!.getFields();
    const found = PROGRAMS.filter((file) =>
      textsOf(file).some((text) => operates(parseOrNull(text), Object.keys(root))),
    );
    expect(found).toEqual([]);
  });

  it('is in the file of trusted documents: after a change, npm run codegen', () => {
    const trusted = JSON.parse(readFileSync('client/trusted-documents.json', 'utf8')) as Record<
      string,
      string
    >;
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(trusted).toEqual(Object.fromEntries(Object.values(operations).map((text) => [hash(text), text])));
  });

  it('is searched for documents in the forms that they can have', () => {
    const source =
      'const a = `query A { tokens { id } }`; const b = gql`${c} mutation B { b }`; f("{ tokens { id } }");';
    expect(literals(source, 'a.ts').map((text) => operates(parseOrNull(text), ['tokens']))).toEqual([
      true,
      true,
      true,
    ]);
    expect(operates(parseOrNull('{ host }'), ['tokens'])).toBe(false);
  });
});

/** What may be a document: a whole file of GraphQL, or a string in a file of code. */
function textsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return /\.(graphql|html)$/.test(file) ? [text] : literals(text, file);
}

function literals(source: string, file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      found.push(node.text);
    } else if (ts.isTemplateExpression(node)) {
      // A part that comes from elsewhere is most likely fragments.
      found.push(
        [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join(' '),
      );
    }
    ts.forEachChild(node, visit);
  };
  // The syntax trees of all files take seconds.
  if (/\b(query|mutation|subscription)\b[^'"]*\{|['"`]\s*\{\s*\w+\s*[({]/.test(source)) {
    visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  }
  return found.filter((text) => text.includes('{'));
}

function parseOrNull(text: string): DocumentNode | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

/** Whether a document has an operation. One without a keyword, such as `{ host }`, begins with a field of Query. */
function operates(document: DocumentNode | null, queryFields: readonly string[]): boolean {
  return (document?.definitions ?? []).some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (definition.name !== undefined ||
        definition.selectionSet.selections.some(
          (selection) => selection.kind === Kind.FIELD && queryFields.includes(selection.name.value),
        )),
  );
}
