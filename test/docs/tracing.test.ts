import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

/** The parts of a collector that the page uses, as config.schema.yaml of each component has them. */
const collector = z.strictObject({
  receivers: z.strictObject({
    otlp: z.strictObject({ protocols: z.strictObject({ http: z.strictObject({ endpoint: z.string() }) }) }),
  }),
  processors: z.strictObject({ batch: z.strictObject({}) }),
  exporters: z.strictObject({ otlp_http: z.strictObject({ endpoint: z.url({ protocol: /^https$/ }) }) }),
  service: z.strictObject({
    pipelines: z.strictObject({
      traces: z.strictObject({
        receivers: z.array(z.string()),
        processors: z.array(z.string()),
        exporters: z.array(z.string()),
      }),
    }),
  }),
});

it('the collector of docs/tracing.md has the components that its pipeline names', () => {
  const [, text = ''] =
    /^```yaml\n(receivers:[^]*?)^```/m.exec(readFileSync('docs/tracing.md', 'utf8')) ?? [];
  const { service, ...components } = collector.parse(parse(text));
  const defined = Object.entries(components).map(([kind, named]) => [kind, Object.keys(named)]);
  expect(service.pipelines.traces).toEqual(Object.fromEntries(defined));
});
