import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder that has what the image has in its working directory, and how the image starts a program in it. */
export interface RehearsedImage {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

/**
 * Does what the Dockerfile says in folders, one for each stage, without its base image: Node is the one that runs the tests. It knows
 * the instructions that our Dockerfile has, and throws for any other.
 */
export async function rehearseImage(place: string): Promise<RehearsedImage> {
  const stages = new Map<string, string>();
  const image = { environment: {}, command: [] as string[], healthCheck: [] as string[] };
  let folder = place;
  const handlers: Record<string, (rest: string, words: string[]) => unknown> = {
    FROM(_rest, [, as, name = '']) {
      folder = path.join(place, as === 'AS' ? name : 'image');
      mkdirSync(folder);
      stages.set(name, folder);
    },
    COPY(_rest, words) {
      copy(words, folder, stages);
    },
    RUN: (rest) => run('bash', ['-ec', rest], { cwd: folder, env: toolsFirst(), maxBuffer: 1e8 }),
    ENV(_rest, words) {
      Object.assign(image.environment, Object.fromEntries(words.map((word) => word.split('='))));
    },
    ENTRYPOINT(rest) {
      image.command = JSON.parse(rest) as string[];
    },
    CMD(rest) {
      image.command.push(...(JSON.parse(rest) as string[]));
    },
    HEALTHCHECK(rest) {
      image.healthCheck = JSON.parse(rest.slice(rest.indexOf('['))) as string[];
    },
  };
  for (const line of instructions(readFileSync('Dockerfile', 'utf8'))) {
    const [instruction = '', ...words] = line.split(/\s+/);
    if (!UNREHEARSED.includes(instruction)) {
      const handle = handlers[instruction];
      if (handle === undefined) {
        throw new Error(`not rehearsed: ${line}`);
      }
      await handle(line.slice(instruction.length).trim(), words);
    }
  }
  return { ...image, folder };
}

/** What means nothing without a container. */
const UNREHEARSED = ['ARG', 'LABEL', 'WORKDIR', 'EXPOSE', 'USER', 'STOPSIGNAL'];

/** The instructions of a Dockerfile, without comments, each on one line. */
function instructions(dockerfile: string): string[] {
  const lines = dockerfile.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** What .dockerignore leaves: the paths after an exclamation mark, without those that follow without one. */
function isInContext(file: string): boolean {
  const patterns = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const isWithin = (pattern: string) => pattern === '*' || file === pattern || file.startsWith(`${pattern}/`);
  const last = patterns.findLast((pattern) => isWithin(pattern.replace(/^!/, '')));
  return last?.startsWith('!') ?? true;
}

function copy(words: readonly string[], folder: string, stages: ReadonlyMap<string, string>): void {
  const from = words[0]?.startsWith('--from=') ? stages.get(words[0].slice('--from='.length)) : undefined;
  const [target = '', ...sources] = words.filter((word) => !word.startsWith('--')).toReversed();
  for (const source of sources) {
    const absolute =
      from === undefined ? path.resolve(source) : path.join(from, source.replace(/^\/gateway\/?/, ''));
    const isWhole = source === '.' || source.endsWith('/gateway/');
    const destination = isWhole || sources.length === 1 ? target : path.join(target, path.basename(source));
    const into =
      destination.endsWith('./') && !isWhole ? path.join(destination, path.basename(source)) : destination;
    cpSync(absolute, path.join(folder, into), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => from !== undefined || isWanted(path.relative(process.cwd(), file)),
    });
  }
}

/** The context and the folders that lead to it. */
function isWanted(file: string): boolean {
  return file === '' || isInContext(file);
}

/** The environment of a build: this Node before any other, and nothing of the tests. */
function toolsFirst(): NodeJS.ProcessEnv {
  const { HOME, PATH = '' } = process.env;
  const node = path.dirname(process.execPath);
  return { HOME, PATH: `${node}:${PATH}`, npm_config_prefer_offline: 'true', CI: 'true' };
}

/** Whether a file of the image is there. */
export const hasFile = ({ folder }: RehearsedImage, file: string): boolean =>
  existsSync(path.join(folder, file));
