import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { referencePage } from '../../scripts/writeReference.js';

const page = readFileSync('docs/reference.md', 'utf8');

it('docs/reference.md is written from the schema: after a change, npm run schema', () => {
  expect(page).toBe(referencePage(readFileSync('schema.graphql', 'utf8')));
});

it('docs/reference.md links to sections that it has', () => {
  const sections = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replace(' ', '-'),
  );
  const links = [...page.matchAll(/\]\(#(.*?)\)/g)].map(([, anchor = '']) => anchor);
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter((anchor) => !sections.includes(anchor))).toEqual([]);
  expect(new Set(sections).size).toBe(sections.length);
});

it('llms.txt links only to what is there', () => {
  const links = [...readFileSync('llms.txt', 'utf8').matchAll(/\]\((.*?)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
});
