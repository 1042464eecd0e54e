import type { Command } from 'commander';
import type { Surroundings } from '../context.js';
import { EXIT, type ExitStatus, usageError } from '../faults.js';

/** A command with the words that may follow it. */
interface Words {
  /** The words before: `request list`; empty for mgw itself. */
  readonly path: string;
  readonly commands: readonly string[];
  readonly flags: readonly string[];
  readonly takesFiles: boolean;
}

/** `mgw completion`: a script that completes the commands and flags, and file names where a command takes files. */
export async function writeCompletion(
  program: Command,
  shell: string,
  _flags: object,
  { stdout }: Surroundings,
): Promise<ExitStatus> {
  const scripts: Readonly<Record<string, (words: readonly Words[]) => string>> = { bash, zsh, fish };
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script === undefined) {
    throw usageError(`expected bash, zsh or fish, got ${JSON.stringify(shell)}`);
  }
  stdout.write(script(wordsOf(program, '')));
  return EXIT.done;
}

function wordsOf(command: Command, path: string): Words[] {
  const below = command.commands.filter((child) => child.name() !== 'help');
  const own = {
    path,
    commands: below.map((child) => child.name()),
    flags: command.options.map(({ long, short }) => long ?? short ?? ''),
    takesFiles: command.registeredArguments.some(({ variadic }) => variadic),
  };
  return [own, ...below.flatMap((child) => wordsOf(child, `${path} ${child.name()}`.trim()))];
}

function bash(words: readonly Words[]): string {
  return `# mgw completion for bash: source <(mgw completion bash)
_mgw() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "$before $word" in
${words.flatMap(({ path }) => (path === '' ? [] : [`      ${JSON.stringify(` ${path}`)}) before="$before $word" ;;`])).join('\n')}
    esac
  done
  COMPREPLY=()
  case "$before" in
${words.map(bashCase).join('\n')}
  esac
}
complete -o bashdefault -F _mgw mgw
`;
}

function bashCase({ path, commands, flags, takesFiles }: Words): string {
  const choices = [...commands, ...flags].join(' ');
  const files = takesFiles ? ' COMPREPLY+=($(compgen -f -- "$current"));' : '';
  const pattern = path === '' ? '""' : JSON.stringify(` ${path}`);
  return `    ${pattern}) COMPREPLY=($(compgen -W "${choices}" -- "$current"));${files} ;;`;
}

/** By the emulation of bash in zsh. There `path` is the search path, and `:COMP_CWORD` a modifier. */
function zsh(words: readonly Words[]): string {
  return `#compdef mgw
# mgw completion for zsh: source <(mgw completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash(words).split('\n').slice(1).join('\n')}`;
}

function fish(words: readonly Words[]): string {
  const lines = words.flatMap(({ path, commands, flags, takesFiles }) => {
    const parts = path === '' ? [] : path.split(' ');
    const known = words.flatMap((other) => (other.path === '' ? [] : other.path.split(' ').slice(0, 1)));
    const condition =
      path === ''
        ? `not __fish_seen_subcommand_from ${[...new Set(known)].join(' ')}`
        : parts.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ');
    return [
      ...commands.map((name) => `complete -c mgw -n '${condition}' -f -a ${name}`),
      ...flags.map((flag) => `complete -c mgw -n '${condition}' -l ${flag.replace(/^-+/, '')}`),
      ...(takesFiles ? [`complete -c mgw -n '${condition}' -F`] : []),
    ];
  });
  return `# mgw completion for fish: mgw completion fish | source\n${lines.join('\n')}\n`;
}
