import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A module of the build, by its place in src: Node cannot run the decorators of the source. */
export async function built<Module>(file: string): Promise<Module> {
  const url = pathToFileURL(path.join(import.meta.dirname, '../../dist/src', file));
  return (await import(url.href)) as Module;
}
