import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { applyPatch } from 'rfc6902';
import { parse, parseAllDocuments } from 'yaml';

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; namespace?: string };
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly namespace?: string;
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name: string };
    readonly patch: string;
  }[];
}

const FIELDS = ['apiVersion', 'kind', 'resources', 'components', 'namespace', 'images', 'patches'];

/** Renders a folder as `kubectl kustomize` does, for the fields that ours use; throws for any other. */
export function renderKustomization(folder: string): Manifest[] {
  const kustomization = parse(readFileSync(path.join(folder, 'kustomization.yaml'), 'utf8')) as Kustomization;
  const unknown = Object.keys(kustomization).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) {
    throw new Error(`${folder}: not rendered here: ${unknown.join(', ')}`);
  }
  const { resources = [], components = [], patches = [], images = [], namespace } = kustomization;
  const manifests = [...resources, ...components].flatMap((place) => readResource(path.join(folder, place)));
  for (const { target, patch } of patches) {
    const matching = manifests.filter(
      ({ kind, metadata }) => kind === target.kind && metadata.name === target.name,
    );
    if (matching.length !== 1) {
      throw new Error(`${folder}: ${matching.length} objects match ${target.kind} ${target.name}`);
    }
    const problems = applyPatch(matching[0], parse(patch) as never).filter((problem) => problem !== null);
    if (problems.length > 0) {
      throw new Error(`${folder}: ${String(problems[0])}`);
    }
  }
  for (const { metadata, kind } of manifests) {
    if (namespace !== undefined && kind !== 'Namespace') {
      metadata.namespace = namespace;
    }
  }
  return images.reduce(
    (all, { name, newName, newTag }) =>
      JSON.parse(
        JSON.stringify(all).replaceAll(
          new RegExp(`"image":"${name}:[^"]*"`, 'g'),
          `"image":"${newName}:${newTag}"`,
        ),
      ) as Manifest[],
    manifests,
  );
}

function readResource(place: string): Manifest[] {
  if (statSync(place).isDirectory()) {
    return renderKustomization(place);
  }
  return parseAllDocuments(readFileSync(place, 'utf8')).map((document) => document.toJS() as Manifest);
}
