// Before the modules that need it: compiled, they import it in another order.
import 'reflect-metadata';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const ROOT = path.resolve(import.meta.dirname, '../..');

let modules: Promise<string> | undefined;

/** A module of src, compiled, by its place there: Node cannot run the decorators of the source, and the build has bundles. */
export async function built<Module>(file: string): Promise<Module> {
  modules ??= compile(path.join(ROOT, 'dist/bench', path.basename(process.argv[1] ?? '', '.ts')));
  const url = pathToFileURL(path.join(await modules, file));
  return (await import(url.href)) as Module;
}

/** Compiles each module of src into a file of its own. Resolves to their folder. */
async function compile(dir: string): Promise<string> {
  await build({
    input: path.join(ROOT, 'src/gatewayProgram.ts'),
    cwd: ROOT,
    platform: 'node',
    tsconfig: 'tsconfig.json',
    // Packages, except the helpers of the compiler, which are no package that is installed.
    external: /^[\w@](?!oxc-project\/)/,
    treeshake: false,
    logLevel: 'warn',
    output: { dir, cleanDir: true, keepNames: true, preserveModules: true, preserveModulesRoot: 'src' },
  });
  return dir;
}
