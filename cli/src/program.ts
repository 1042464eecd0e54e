import { Command } from 'commander';
import type { Surroundings } from './context.js';
import type { ExitStatus } from './faults.js';
import { accept, accounts, common, count, list, request, targets } from './flags.js';

/** What a command does: its arguments, then its flags. */
type Action = (...parameters: never[]) => Promise<ExitStatus>;

/** How the commands get at the process, and where they leave their exit status. */
export interface ProgramDependencies {
  readonly version: string;
  readonly surroundings: Surroundings;
  readonly ended: (status: ExitStatus) => void;
}

const MANY = 1_000_000;

/** All commands with their flags. The code of a command is loaded when it runs. */
export function createProgram({ version, surroundings, ended }: ProgramDependencies): Command {
  const program = new Command('mgw')
    .description(
      'Adds, invites and removes member accounts of GuardDuty and Security Hub through the membership gateway.',
    )
    .version(version, '-V, --version')
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('(mgw --help shows the commands)')
    .exitOverride();
  // Arguments in commander's order: those of the command, its flags, the command itself.
  const run =
    (load: () => Promise<Action>) =>
    async (...parameters: unknown[]): Promise<void> => {
      const action = await load();
      ended(await action(...([...parameters.slice(0, -1), surroundings] as never[])));
    };
  addChanges(program, run);
  addPlans(program, run);
  addRequests(program, run);
  addReads(program, run);
  addAdministration(program, run);
  return program;
}

type Run = (load: () => Promise<Action>) => (...parameters: unknown[]) => Promise<void>;

function addChanges(program: Command, run: Run): void {
  program.commandsGroup('Change members:');
  accounts(request(targets(common(program.command('create').description('add accounts as members')))))
    .option('--detector <id>', 'the GuardDuty detector, with one region')
    .option('--dry-run', 'show what would happen, change nothing')
    .action(run(async () => (await import('./commands/addMembers.js')).createMembers));
  accounts(
    request(
      targets(common(program.command('invite').description('invite members outside of the organization'))),
    ),
  )
    .option('--detector <id>', 'the GuardDuty detector, with one region')
    .option('--message <text>', 'a text in the e-mail of GuardDuty')
    .option('--no-email', 'GuardDuty sends no e-mail')
    .option('--follow-up', 'look later whether the invitations were accepted')
    .option('--follow-up-days <days>', 'how long to look', count(1, 30))
    .option('--dry-run', 'show what would happen, change nothing')
    .action(run(async () => (await import('./commands/addMembers.js')).inviteMembers));
  for (const [verb, text] of [
    ['disassociate', 'end memberships: a preview, then --confirm TOKEN or a typed answer'],
    ['delete', 'delete disassociated members: a preview, then --confirm TOKEN or a typed answer'],
  ] as const) {
    accounts(request(targets(common(program.command(verb).description(text)))))
      .option('--detector <id>', 'the GuardDuty detector, with one region')
      .option('--dry-run', 'the preview and its token alone')
      .option('--confirm <token>', 'the token of the preview')
      .action(
        run(async () => {
          const { removeMembers } = await import('./commands/removeMembers.js');
          return removeMembers.bind(null, verb);
        }),
      );
  }
}

function addPlans(program: Command, run: Run): void {
  const load = async () => import('./commands/plan.js');
  common(
    program.command('plan').description('what apply would change, from a YAML file of the wanted members'),
  )
    .requiredOption('-f, --file <file>', 'the YAML file')
    .option('--remove', 'also remove members that are not wanted')
    .option('--detailed-exitcode', 'status 2 if there are changes, 1 for a failure')
    .action(run(async () => (await load()).plan));
  common(program.command('apply').description('create and invite what is missing'))
    .requiredOption('-f, --file <file>', 'the YAML file')
    .option('--remove', 'also remove members that are not wanted, within the share limit')
    .option('--yes', 'do not ask')
    .option('-n, --note <text>', 'a text for the record, such as a ticket number')
    .action(run(async () => (await load()).apply));
}

function addRequests(program: Command, run: Run): void {
  const load = async () => import('./commands/requests.js');
  program.commandsGroup('Requests:');
  common(program.command('watch <request>').description('follow a request to its end'))
    .addOption(accept())
    .option('--all', 'also show the accounts that were processed')
    .action(run(async () => (await load()).watchRequest));
  request(
    common(
      program.command('retry <request>').description('a new request of the accounts that were not processed'),
    ),
  )
    .option('--all', 'also those that the gateway does not call retryable')
    .action(run(async () => (await load()).retryRequest));
  common(program.command('cancel <request>').description('withdraw what was not sent yet')).action(
    run(async () => (await load()).cancelRequest),
  );
  const requests = program.command('request').description('the record of requests');
  common(requests.command('list').description('requests, newest first'))
    .option('--account <id>', 'only with this account')
    .option('-a, --administrator <id>', 'only of this administrator')
    .option('-s, --service <service>', 'only at guardduty or security-hub')
    .option('-r, --region <region>', 'only in this region')
    .addOption(list('--operation <operation...>', 'create-members, invite-members, and so on'))
    .addOption(list('--status <status...>', 'running, failed, partially-succeeded, and so on'))
    .option('--requested-by <caller>', 'only of the caller with this id')
    .option('-n, --note <text>', 'only with this text in the note')
    .option('--since <time>', 'only from this time on, such as 2026-03-01T00:00:00Z')
    .option('--until <time>', 'only before this time')
    .option('--limit <number>', 'how many at most', count(1, MANY), 50)
    .action(run(async () => (await load()).requestList));
  common(requests.command('show <request>').description('a request as it is now'))
    .addOption(accept())
    .option('--all', 'also show the accounts that were processed')
    .action(run(async () => (await load()).requestShow));
  const outcomes = program.command('outcomes').description('the record of outcomes');
  common(
    outcomes.command('export').description('all outcomes that match, as CSV or with --json as JSON lines'),
  )
    .option('--request <id>', 'only of this request')
    .addOption(list('--account <id...>', 'only of these accounts'))
    .option('-a, --administrator <id>', 'only of this administrator')
    .option('-s, --service <service>', 'only at guardduty or security-hub')
    .option('-r, --region <region>', 'only in this region')
    .addOption(list('--operation <operation...>', 'create-members, invite-members, and so on'))
    .addOption(list('--status <status...>', 'unprocessed, failed, processed, and so on'))
    .addOption(list('--reason-code <reason...>', 'only with these reasons'))
    .option('--since <time>', 'only settled from this time on')
    .option('--until <time>', 'only settled before this time')
    .option('-o, --output <file>', 'write to this file')
    .action(run(async () => (await import('./commands/exportOutcomes.js')).exportOutcomes));
}

function addReads(program: Command, run: Run): void {
  program.commandsGroup('Read:');
  common(
    program
      .command('account <account>')
      .description('where an account is a member now, and its newest outcomes'),
  )
    .option('-a, --administrator <id>', 'only of this administrator')
    .option('--max-age <seconds>', 'take an observation of this age; 0 reads now', count(0, 86_400))
    .option('--limit <number>', 'how many outcomes', count(1, 100), 10)
    .action(run(async () => (await import('./commands/account.js')).showAccount));
  common(
    program.command('members').description('the members of one service in one region, read from the service'),
  )
    .requiredOption('-s, --service <service>', 'guardduty or security-hub')
    .requiredOption('-r, --region <region>', 'the region')
    .option('-a, --administrator <id>', 'the administrator')
    .addOption(list('--status <status...>', 'enabled, invited, created, and so on'))
    .option('--max-age <seconds>', 'take an observation of this age; 0 reads now', count(0, 86_400))
    .option('--limit <number>', 'how many at most', count(1, MANY), MANY)
    .action(run(async () => (await import('./commands/members.js')).listMembers));
  common(program.command('inventory').description('the members of all targets as they were last listed'))
    .addOption(list('--account <id...>', 'only these accounts'))
    .option('-a, --administrator <id>', 'only of this administrator')
    .option('-s, --service <service>', 'only of guardduty or security-hub')
    .option('-r, --region <region>', 'only of this region')
    .addOption(list('--status <status...>', 'enabled, invited, created, and so on'))
    .option('--invited-before <time>', 'only invited before this time')
    .option('--limit <number>', 'how many at most', count(1, MANY), MANY)
    .action(run(async () => (await import('./commands/members.js')).listInventory));
  common(program.command('coverage').description('accounts that are enabled in one place and not in another'))
    .option('-a, --administrator <id>', 'the administrator')
    .addOption(list('--account <id...>', 'only these accounts'))
    .action(run(async () => (await import('./commands/coverage.js')).showCoverage));
  accounts(
    targets(
      common(
        program
          .command('reconcile')
          .description('the accounts that should be members against those that are'),
      ),
    ),
  )
    .option('--max-age <seconds>', 'take an observation of this age; 0 reads now', count(0, 86_400))
    .option('--limit <number>', 'how many accounts of each kind and target', count(1, 1_000), 100)
    .action(run(async () => (await import('./commands/reconcile.js')).reconcile));
}

function addAdministration(program: Command, run: Run): void {
  const load = async () => import('./commands/tokens.js');
  program.commandsGroup('Administration:');
  const token = program.command('token').description('API tokens, for admins');
  common(token.command('create').description('make a token; standard output gets its secret'))
    .requiredOption('--name <name>', 'a label for people')
    .requiredOption('--role <role>', 'viewer, operator or admin')
    .addOption(
      list('-a, --administrator <id...>', 'the administrators that it may use; by default all of yours'),
    )
    .option('--expires <days>', 'days until it expires', count(1, 3_650))
    .action(run(async () => (await load()).createToken));
  common(token.command('list').description('all tokens, without their secrets')).action(
    run(async () => (await load()).listTokens),
  );
  common(token.command('revoke <token>').description('refuse a token from now on, by its id')).action(
    run(async () => (await load()).revokeToken),
  );
  common(
    program.command('doctor').description('is the gateway reached, the token good, does each target answer?'),
  ).action(run(async () => (await import('./commands/doctor.js')).doctor));
  common(
    program
      .command('login')
      .description('sign in as a person, by the device flow of OpenID Connect; --profile keeps the token'),
  )
    .option('--issuer <address>', 'the issuer of the gateway (OIDC_ISSUER)')
    .option('--client-id <id>', 'the client that the issuer knows mgw by')
    .option('--scope <scopes>', 'the scopes to ask for; by default openid')
    .option('--audience <audience>', 'the audience of the gateway, for issuers that want it (OIDC_AUDIENCE)')
    .action(run(async () => (await import('./commands/login.js')).login));
  const profile = program.command('profile').description('gateways and tokens in a file of your own');
  const loadProfiles = async () => import('./commands/profiles.js');
  common(
    profile
      .command('set <name>')
      .description('store the address and the token that --url and --token-file give'),
  ).action(run(async () => (await loadProfiles()).setProfile));
  common(profile.command('list').description('the profiles, without their tokens')).action(
    run(async () => (await loadProfiles()).listProfiles),
  );
  common(program.command('mcp').description('the operations as tools of the Model Context Protocol'))
    .option('--allow-mutations', 'also change members; removals never')
    .action(run(async () => (await import('./mcp/serve.js')).serveMcp));
  program
    .command('completion')
    .description('a completion script for a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .action(
      run(async () => {
        const { writeCompletion } = await import('./commands/completion.js');
        return writeCompletion.bind(null, program);
      }),
    );
}
