/* Takes the lock of a data directory and says so, or says why not. Arguments: dataDir [url to announce]. */
import { lockDataDir } from '../../../../src/local/postgres/dataDirLock.js';

const [dataDir = '', url] = process.argv.slice(2);
try {
  const lock = await lockDataDir(dataDir);
  if (url !== undefined) {
    await lock.announce(url);
  }
  console.log(JSON.stringify({ locked: true }));
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(JSON.stringify({ locked: false, message: (error as Error).message }));
}
