import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { readDocumentSet, sha256 } from '../../../src/http/graphql/documentSet.js';
import * as generated from '../../generated/graphql.js';
import { apolloForm } from '../../support/clientForms.js';

const directory = mkdtempSync(path.join(tmpdir(), 'document-set-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function fileOf(content: unknown): string {
  const file = path.join(directory, 'documents.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const setOf = (...documents: string[]) =>
  readDocumentSet(fileOf(Object.fromEntries(documents.entries())), true);

describe('a form of a document', () => {
  const documents = Object.entries(generated)
    .filter(([name]) => name.endsWith('Document'))
    .map(([name, document]) => [name, document as string] as const);
  const set = readDocumentSet('test/generated/trusted-documents.json', false);

  it.each(documents)('of the tests is known as Apollo Client sends it: %s', (_, document) => {
    expect(set.has(document)).toBe(true);
    expect(set.has(apolloForm(document))).toBe(true);
  });

  it.each([
    ['{ a { b } }', '{ a { __typename b } __typename }'],
    ['{ a { __typename b } }', '{ a { b } }'],
    ['{ a { __typename } }', '{ a { __typename } }'],
    ['query ($a: Int, $b: Int) { x(a: $a, b: $b) }', 'query($b: Int, $a: Int) {\n  # x\n  x(a: $a b: $b)\n}'],
    ['{ ...F y } fragment F on Query { x }', 'fragment F on Query { x } query { y ...F }'],
    ['mutation { a b }', 'mutation { a b __typename }'],
    ['mutation { a { c d } }', 'mutation { a { d c } }'],
  ])('%s is also %s', (document, form) => {
    expect(setOf(document).has(form)).toBe(true);
  });

  it.each([
    ['{ a }', '{ b: a }'],
    ['{ a }', 'mutation { a }'],
    ['{ a { b } }', '{ a { b b2: b } }'],
    ['{ a(b: "c  d") }', '{ a(b: "c d") }'],
    ['{ a(b: 1) }', '{ a(b: 2) }'],
    ['query ($a: Int = 1) { x(a: $a) }', 'query ($a: Int = 2) { x(a: $a) }'],
    ['{ a { b } }', '{ a { b t: __typename } }'],
    ['{ a { b @include(if: true) } }', '{ a { b } }'],
    // The root fields of a mutation are executed in their order.
    ['mutation { a b }', 'mutation { b a }'],
    ['mutation { ... { a b } }', 'mutation { ... { b a } }'],
    ['mutation { ...M } fragment M on Mutation { a b }', 'mutation { ...M } fragment M on Mutation { b a }'],
  ])('%s is not %s', (document, other) => {
    expect(setOf(document).has(other)).toBe(false);
  });

  it('is not parsed when it is longer than any form can be', () => {
    const set = setOf('{ a { b } }');
    expect(set.has(`{ ${'__typename '.repeat(100)} a { b } }`)).toBe(true);
    expect(set.has(`{ ${'__typename '.repeat(1_000)} a { b } }`)).toBe(false);
  });

  it('is found by its SHA-256 until 500 others have been sent', () => {
    const set = setOf('{ a { b } }');
    const form = (index: number) => `${' '.repeat(index)}{ a { b __typename } }`;
    expect(set.find(sha256(form(0)))).toBeNull();
    for (let index = 0; index < 500; index += 1) {
      set.has(form(index));
    }
    expect(set.find(sha256(form(0)))).toBe(form(0));
    set.has(form(500));
    set.has(form(501));
    expect(set.find(sha256(form(0)))).toBe(form(0));
    expect(set.find(sha256(form(1)))).toBeNull();
  });
});

describe('an introspection query', () => {
  it('is in the set if introspection is allowed', () => {
    const file = fileOf({ id: '{ a }' });
    expect(readDocumentSet(file, true).has(getIntrospectionQuery())).toBe(true);
    expect(readDocumentSet(file, false).has(getIntrospectionQuery())).toBe(false);
    expect(readDocumentSet(file, true).has('query A { __schema { description } } query B { a b }')).toBe(
      false,
    );
  });
});

describe('a file', () => {
  it.each([
    ['no file', null, /expected a JSON object of documents in .*missing\.json/],
    ['no JSON', '{', /expected a JSON object of documents in .*documents\.json/],
    ['other values', { a: 1 }, /expected a JSON object of documents in .*documents\.json/],
    ['no GraphQL', { a: '{' }, /expected GraphQL documents in .*documents\.json, got "\{" with the id "a"/],
  ])('with %s is refused', (_, content, message) => {
    const file = content === null ? path.join(directory, 'missing.json') : fileOf(content);
    expect(() => readDocumentSet(file, true)).toThrow(message);
  });
});
