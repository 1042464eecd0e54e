import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

/** A headless Chromium. `close` (or `await using`) ends it and removes everything it put on the disk. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * Starts the Chromium that @sparticuz/chromium carries inside its npm package: nothing is downloaded and nothing else
 * has to be installed. It is unpacked (200 MB, 2 seconds) into a temporary directory of this launch's own, so that
 * runs side by side cannot meet. CHROMIUM_PATH names another one, which machines other than Linux on x64 need.
 */
export async function launchBrowser(): Promise<TestBrowser> {
  const directory = await mkdtemp(path.join(tmpdir(), 'membership-gateway-chromium-'));
  const remove = () => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  try {
    const { executablePath, env } = await findExecutable(directory);
    const browser = await chromium.launch({
      executablePath,
      env: { ...inheritedEnvironment(), ...env, TMPDIR: directory },
      // Chromium's sandbox wants privileges that containers, and root in them, do not have. --disable-dev-shm-usage:
      // a container's /dev/shm is too small for it.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
    const close = async () => {
      await browser.close();
      await remove();
    };
    return { browser, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function findExecutable(
  directory: string,
): Promise<{ executablePath: string; env: Record<string, string> }> {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    return { executablePath: named, env: {} };
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `The Chromium in @sparticuz/chromium runs on Linux on x64, and this is ${process.platform} on ${process.arch}: ` +
        'set CHROMIUM_PATH to the path of a Chromium or Chrome.',
    );
  }
  const executablePath = await unpack(directory);
  const fonts = path.join(directory, 'fonts.conf');
  await writeFile(fonts, fontconfig(directory));
  // The libraries and the font that come along, for machines that have none: without any font Chromium aborts.
  return {
    executablePath,
    env: { LD_LIBRARY_PATH: path.join(directory, 'al2023', 'lib'), FONTCONFIG_FILE: fonts },
  };
}

/**
 * In a process of its own: the package unpacks into os.tmpdir(), changes the environment, and takes a file that is
 * already there for finished. What looks like AWS Lambda to it gets the libraries too.
 */
async function unpack(directory: string): Promise<string> {
  const program = `
    const { default: chromium } = await import(process.argv[1]);
    process.stdout.write(await chromium.executablePath());`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program, import.meta.resolve('@sparticuz/chromium')],
    { env: { ...process.env, TMPDIR: directory, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' } },
  );
  return stdout;
}

/** The machine's fonts, if there are some, and the one from the package, whose own file looks for it elsewhere. */
function fontconfig(directory: string): string {
  return `<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${directory}/fonts</dir>
  <cachedir>${directory}/fonts-cache</cachedir>
</fontconfig>`;
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
