import { parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { planTextPage } from '../../../../src/http/graphql/textPages/planTextPage.js';

const PAGE = {
  nodes: '{"id":"a"}',
  hasNextPage: true,
  hasPreviousPage: false,
  startCursor: 'x',
  endCursor: null,
};

function plan(text: string) {
  const document = parse(text);
  return planTextPage(document, document.definitions[0] as OperationDefinitionNode);
}

function write(text: string): string | undefined {
  return plan(text)
    ?.writers.map((writeField) => writeField(PAGE, '7'))
    .join('');
}

describe('the plan of a text page', () => {
  it('has the name, the columns and the fields of the page in order', () => {
    const text =
      '{ page: outcomes { __typename total: totalCount nodes { id to: accountId } pageInfo { endCursor } } }';
    expect(plan(text)).toMatchObject({
      key: 'page',
      isCounted: true,
      columns: [
        { as: 'id', column: 'id' },
        { as: 'to', column: 'accountId' },
      ],
    });
    expect(write(text)).toBe(
      '"__typename":"OutcomeConnection","total":7,"nodes":[{"id":"a"}],"pageInfo":{"endCursor":null}',
    );
  });

  it('replaces fragments by their fields', () => {
    const text = `{ ...Root }
      fragment Root on Query { outcomes { ... on OutcomeConnection { nodes { ...Columns id } } } }
      fragment Columns on Outcome { id status }`;
    expect(plan(text)).toMatchObject({
      isCounted: false,
      columns: [
        { as: 'id', column: 'id' },
        { as: 'status', column: 'status' },
      ],
    });
    expect(write(text)).toBe('"nodes":[{"id":"a"}]');
  });

  it.each([
    ['another field', '{ requests { nodes { id } } }'],
    ['a second field', '{ outcomes { nodes { id } } administrators { id } }'],
    ['no nodes', '{ outcomes { totalCount } }'],
    ['nodes twice', '{ outcomes { nodes { id } more: nodes { email } } }'],
    ['a name twice', '{ outcomes { nodes { id } totalCount totalCount } }'],
    ['edges', '{ outcomes { nodes { id } edges { cursor } } }'],
    ['a nested object', '{ outcomes { nodes { id call { id } } } }'],
    ['a directive', '{ outcomes { nodes { id @include(if: true) } } }'],
    ['a fragment on another type', '{ outcomes { nodes { ... on Node { id } } } }'],
    ['__typename of the page info', '{ outcomes { nodes { id } pageInfo { __typename } } }'],
  ])('is null for a document with %s', (_what, text) => {
    expect(plan(text)).toBeNull();
  });
});
