import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';

/* Metrics, alerts, board and runbooks belong together. monitoring.long.ts lets promtool fire the alerts. */

const read = (file: string) => readFileSync(file, 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}
const rules = (
  parseYaml(read('deploy/prometheus/rules.yaml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const board = JSON.parse(read('deploy/grafana/membership-gateway.json')) as { panels: Panel[] };
const panels = board.panels.filter(({ type }) => type !== 'row');

const RUNBOOKS = 'docs/runbooks';
const runbooks = readdirSync(RUNBOOKS).filter((file) => file !== 'README.md');

/** The series of docs/metrics.md: the names in the first column of its tables. */
const documented = new Set(
  read('docs/metrics.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => (line.split(' | ')[0] ?? '').match(/(membership|nodejs|process)_\w+/g) ?? []),
);
const seriesIn = (expression: string) =>
  (expression.match(/\b(membership|nodejs|process)_\w+/g) ?? []).map((name) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );

describe('deploy/prometheus/rules.yaml', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('%s', (name, rule) => {
    expect(rule.labels.severity).toMatch(/^(page|ticket)$/);
    expect(rule.annotations.summary).toMatch(/\.$/);
    expect(rule.annotations.runbook_url).toBe(`${RUNBOOKS}/${name}.md`);
    const unknown = seriesIn(rule.expr).filter((series) => !documented.has(series));
    expect(unknown).toEqual([]);
  });

  it('is tested both ways, alert by alert', () => {
    const { tests } = parseYaml(read('deploy/prometheus/rules.test.yaml')) as { tests: { name: string }[] };
    const wanted = rules.flatMap(({ alert }) => [`${alert} fires`, `${alert} stays quiet`]);
    expect(tests.map(({ name }) => name)).toEqual(wanted);
  });
});

describe('docs/runbooks', () => {
  it('has a page for each alert, and lists them all', () => {
    const pages = rules.map(({ alert }) => `${alert}.md`);
    expect(runbooks).toEqual(pages.toSorted());
    const listed = [...read(`${RUNBOOKS}/README.md`).matchAll(/^\| \[(\w+)\].*?\| (\w+) +\|/gm)];
    expect(listed.map(([, alert, severity]) => [alert, severity])).toEqual(
      rules.map(({ alert, labels }) => [alert, labels.severity]),
    );
  });

  const schema = buildSchema(read('schema.graphql'));
  it.each(runbooks)('%s has its four parts, and queries that the gateway takes', (page) => {
    const text = read(path.join(RUNBOOKS, page));
    const headings = [...text.matchAll(/^##? (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([page.replace('.md', ''), 'Meaning', 'Impact', 'Diagnosis', 'Cure']);
    for (const [, query = ''] of text.matchAll(/^```graphql\n([^]*?)^```/gm)) {
      expect(validate(schema, parse(query))).toEqual([]);
    }
    for (const [, expression = ''] of text.matchAll(/^```promql\n([^]*?)^```/gm)) {
      expect(seriesIn(expression).filter((series) => !documented.has(series))).toEqual([]);
    }
  });
});

describe('deploy/grafana/membership-gateway.json', () => {
  it('has a description for each panel, and an id of its own', () => {
    expect(panels.filter(({ description }) => !description?.endsWith('.'))).toEqual([]);
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
  });

  it('shows every series of docs/metrics.md, and no other', () => {
    const shown = new Set(
      panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => seriesIn(expr))),
    );
    expect([...shown].filter((series) => !documented.has(series))).toEqual([]);
    const ours = [...documented].filter((series) => series.startsWith('membership_'));
    expect(ours.filter((series) => !shown.has(series))).toEqual([]);
  });
});
