import { completeEnvironment } from './environment.js';
import { loadConfig, loadDatabaseConfig, type Config, type DatabaseConfig } from './loadConfig.js';

/**
 * The configuration of this process: from its environment, the file `.env` in its working directory, and the files of secrets.
 * The environment of the process gets what the files add, since the AWS SDK reads its own variables there.
 *
 * @throws ConfigurationFaults all faults together.
 */
export function readProcessConfig(): Config {
  return read(loadConfig);
}

/** The database alone, read in the same way. */
export function readProcessDatabase(): DatabaseConfig {
  return read(loadDatabaseConfig);
}

function read<Settings>(load: (env: NodeJS.ProcessEnv, faults: string[]) => Settings): Settings {
  const faults: string[] = [];
  Object.assign(process.env, completeEnvironment(process.env, '.env', faults));
  return load(process.env, faults);
}
