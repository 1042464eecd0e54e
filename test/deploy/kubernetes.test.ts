import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderKustomization, type Manifest } from './kustomize.js';

const OVERLAYS = ['base', 'overlays/irsa', 'overlays/pod-identity', 'overlays/sandbox'];
const render = (overlay: string) => renderKustomization(`deploy/kubernetes/${overlay}`);

/** The module with the types and schemas of an API. */
const moduleOf = (apiVersion: string) =>
  apiVersion.startsWith('monitoring.coreos.com/')
    ? `@kubernetes-models/prometheus-operator/${apiVersion}`
    : `kubernetes-models/${apiVersion}`;

type Model = new (manifest: Manifest) => { validate(): void };

/** What the compiler says of the objects as constants of their types: a field that the API does not know is an error. */
function typeErrors(manifests: readonly Manifest[]): string[] {
  const lines = manifests.map(
    (manifest, n) =>
      `import type { I${manifest.kind} as T${n} } from '${moduleOf(manifest.apiVersion)}';\n` +
      `export const object${n}: T${n} = ${JSON.stringify(manifest)};`,
  );
  const file = path.resolve('test/deploy/rendered.ts');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ESNext)
      : readSource(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe.each(OVERLAYS)('deploy/kubernetes/%s', (overlay) => {
  it('meets the schemas of Kubernetes', async () => {
    const manifests = render(overlay);
    expect(manifests.length).toBeGreaterThanOrEqual(10);
    for (const manifest of manifests) {
      const models = (await import(moduleOf(manifest.apiVersion))) as Record<string, Model>;
      const Kind = models[manifest.kind] ?? expect.fail(`no schema of ${manifest.kind}`);
      new Kind(manifest).validate();
    }
  });

  it('names only config maps and service accounts that are there, and two secrets', () => {
    const manifests = render(overlay);
    const text = JSON.stringify(manifests);
    const names = (kind: string) =>
      manifests.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
    const configMaps = [...text.matchAll(/"config[mM]ap(?:Ref)?":\{"name":"([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(configMaps)].sort()).toEqual(names('ConfigMap').sort());
    expect(names('ServiceAccount')).toEqual(['membership-gateway']);
    const secrets = [...text.matchAll(/"secretName":"([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(secrets)).toEqual(new Set(['membership-gateway']));
  });

  it('runs every container as a plain user on a read-only file system', () => {
    const pods = render(overlay).filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        spec: { template: { spec: { securityContext: { runAsNonRoot: true, runAsUser: 1000 } } } },
      });
      const { containers } = (pod as unknown as { spec: { template: { spec: { containers: object[] } } } })
        .spec.template.spec;
      for (const container of containers) {
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { limits: { memory: expect.any(String) as string } },
        });
      }
    }
  });
});

it('all have only fields that the API knows', () => {
  // The compiler takes seconds for each program.
  expect(typeErrors(OVERLAYS.flatMap(render))).toEqual([]);
});

it('a misspelt field is found', () => {
  const [service] = render('base').filter(({ kind }) => kind === 'Service');
  expect(typeErrors([{ ...service!, spec: { selektor: {} } } as never])).toEqual([
    expect.stringContaining('selektor'),
  ]);
});

it('the settings are variables that the gateway knows', () => {
  const known = new Set(
    [...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name ?? ''),
  );
  for (const overlay of OVERLAYS) {
    const settings = render(overlay).find(({ metadata }) => metadata.name === 'membership-gateway-settings');
    const names = Object.keys((settings as unknown as { data: object }).data);
    expect(names.filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, '')))).toEqual([]);
  }
});

it('the administrators are in the form of the administrators file', () => {
  const file = render('base').find(({ metadata }) => metadata.name === 'membership-gateway-administrators');
  const { data } = file as unknown as { data: Record<string, string> };
  expect(parse(data['administrators.yaml'] ?? '')).toMatchObject({ administrators: [{ id: 'security' }] });
});
