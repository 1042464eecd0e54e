import { type Command, InvalidArgumentError, Option } from 'commander';

/** Adds the flags that every command has. */
export function common(command: Command): Command {
  return command
    .optionsGroup('Gateway:')
    .option('--url <address>', 'the gateway, with or without /graphql (MGW_URL)')
    .option(
      '--token <token>',
      'an API token or access token; other users see it in the list of processes (MGW_TOKEN)',
    )
    .option('--token-file <file>', 'a file with the token')
    .option('--profile <name>', 'a gateway of the profiles file (MGW_PROFILE)')
    .option(
      '--attempts <number>',
      'how often to send at most while the gateway cannot be reached',
      count(1, 100),
    )
    .optionsGroup('Output:')
    .option('--json', 'JSON lines on standard output')
    .option('--csv', 'CSV on standard output')
    .option('-q, --quiet', 'no progress and no notes on standard error')
    .optionsGroup('Options:');
}

/** Adds the flags that choose targets. */
export function targets(command: Command): Command {
  return command
    .option('-a, --administrator <id>', 'the administrator; needed if you may use several')
    .addOption(list('-s, --service <service...>', 'guardduty, security-hub; by default both'))
    .addOption(list('-r, --region <region...>', 'regions; by default all that are configured'));
}

/** Adds the flags of commands that make a request. */
export function request(command: Command): Command {
  return command
    .option('-n, --note <text>', 'a text for the record, such as a ticket number')
    .option('--idempotency-key <key>', 'the same key and input again find the first request')
    .option('--resume', 'find the request of the last run with the same input, and send nothing twice')
    .option('--no-wait', 'do not wait until the request has finished')
    .addOption(accept());
}

/** Adds the flags that give accounts, beside files. */
export function accounts(command: Command): Command {
  return command
    .argument('[files...]', 'CSV, JSON or JSON lines; - is standard input')
    .addOption(repeated('--account <account>', 'ACCOUNT_ID or ACCOUNT_ID,EMAIL in place of a file'));
}

export function accept(): Option {
  return list('--accept <reason...>', 'reason codes that count as done, such as ALREADY_MEMBER');
}

/** A flag that can be repeated, and whose values can be separated by commas. */
export function list(flags: string, description: string): Option {
  const option = new Option(flags.replace('...>', '>'), description);
  return option.argParser((value: string, before: unknown) => [
    ...(Array.isArray(before) ? (before as string[]) : []),
    ...value.split(',').filter((part) => part !== ''),
  ]);
}

/** A flag that can be repeated. */
function repeated(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: unknown) => [
    ...(Array.isArray(before) ? (before as string[]) : []),
    value,
  ]);
}

/** Parses a whole number within bounds. */
export function count(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) {
      return number;
    }
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}
