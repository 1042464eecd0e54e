import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { ConcreteRequest } from 'relay-runtime';
import { DOCUMENTS, type DocumentName } from './documents.js';

/** What Relay's compiler made of the documents. */
export interface RelayArtifacts {
  readonly requests: Readonly<Record<DocumentName, ConcreteRequest>>;
  /** The documents by their ids. */
  readonly persisted: Readonly<Record<string, string>>;
}

const CONFIG = {
  src: './src',
  schema: './schema.graphql',
  language: 'javascript',
  eagerEsModules: true,
  artifactDirectory: './src/__generated__',
  persistConfig: { file: './persisted.json' },
};

/** Compiles the documents with the program inside relay-compiler, in a directory of their own. */
export async function compileRelay(directory: string): Promise<RelayArtifacts> {
  const inside = (...names: string[]) => path.join(directory, ...names);
  mkdirSync(inside(CONFIG.artifactDirectory), { recursive: true });
  writeFileSync(inside('relay.config.json'), JSON.stringify(CONFIG));
  writeFileSync(inside(CONFIG.schema), readFileSync('schema.graphql'));
  writeFileSync(inside(CONFIG.persistConfig.file), '{}');
  writeFileSync(inside('src', 'Gateway.js'), Object.values(DOCUMENTS).map(toSource).join(''));
  const compiler = fileURLToPath(import.meta.resolve('relay-compiler/cli.js'));
  await promisify(execFile)(process.execPath, [compiler, 'relay.config.json'], { cwd: directory });
  const requests = Object.entries(DOCUMENTS).map(async ([name, document]) => {
    const [operation = ''] = /Gateway\w+/.exec(document) ?? [];
    const file = pathToFileURL(inside(CONFIG.artifactDirectory, `${operation}.graphql.js`)).href;
    return [name, ((await import(file)) as { default: ConcreteRequest }).default] as const;
  });
  return {
    requests: Object.fromEntries(await Promise.all(requests)) as RelayArtifacts['requests'],
    persisted: JSON.parse(readFileSync(inside(CONFIG.persistConfig.file), 'utf8')) as Record<string, string>,
  };
}

/** The same as the compiler makes it without `persistConfig`. */
export function withTexts({ requests, persisted }: RelayArtifacts): RelayArtifacts {
  const entries = Object.entries(requests).map(([name, request]) => {
    const { id } = request.params;
    const params = { ...request.params, id: null, cacheID: id, text: persisted[id ?? ''] };
    return [name, { ...request, params }] as const;
  });
  return { requests: Object.fromEntries(entries) as RelayArtifacts['requests'], persisted: {} };
}

/** The document in JavaScript. Pages of requests join one list in Relay's store. */
function toSource(document: string): string {
  const paged = document.replace('after: $after)', 'after: $after) @connection(key: "Gateway_requests")');
  return `graphql\`${paged}\`;\n`;
}
