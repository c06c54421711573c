import type { CommandTable, Flag } from "./command-table.ts";
import { valueOf } from "./help-text.ts";
import { flagsOf } from "./status-flags.ts";

/** The shells with completion. */
export type Shell = "bash" | "zsh" | "fish";

/** A script that completes the commands of `rerun-ts`, their flags, and the values of these. */
export function completionScript(shell: Shell, tables: readonly CommandTable[]): string {
  if (shell === "fish") return fishScript(tables);
  // Zsh runs the script of Bash.
  const start = shell === "zsh" ? ["autoload -Uz compinit bashcompinit", "compinit && bashcompinit"] : [];
  return [...start, bashScript(tables)].join("\n");
}

function bashScript(tables: readonly CommandTable[]): string {
  const groups = [...groupsOf(tables)];
  return `# Completion of rerun-ts for Bash.
_rerun_ts() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command="\${COMP_WORDS[1]}" flags="" values=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(firstWords(tables).join(" "))} -- "$current"))
    return
  fi
  case "$command" in
${groups
  .map(
    ([group, names]) => `    ${group})
      if ((COMP_CWORD == 2)); then
        COMPREPLY=($(compgen -W ${quoted(names.join(" "))} -- "$current"))
        return
      fi
      command="$command \${COMP_WORDS[2]}" ;;`,
  )
  .join("\n")}
  esac
  case "$command" in
${tables.map((table) => `    ${quoted(table.name)}) flags=${quoted(flagWords(table).join(" "))} ;;`).join("\n")}
  esac
  case "$command $previous" in
${tables
  .flatMap((table) =>
    shownFlags(table).flatMap(([name, flag]) => {
      const values = valuesOf(flag);
      if (values === undefined) return [];
      const patterns = [`--${name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])];
      const pattern = patterns.map((each) => quoted(`${table.name} ${each}`)).join(" | ");
      return [`    ${pattern}) values=${quoted(values.join(" ") || " ")} ;;`];
    }),
  )
  .join("\n")}
  esac
  if [[ -n "$values" ]]; then
    COMPREPLY=($(compgen -W "$values" -- "$current"))
  elif [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  fi
}
complete -o default -F _rerun_ts rerun-ts`;
}

function fishScript(tables: readonly CommandTable[]): string {
  const lines = [
    "# Completion of rerun-ts for fish.",
    "complete -c rerun-ts -f -n __fish_use_subcommand -a '(__fish_complete_path)'",
  ];
  const groups = groupsOf(tables);
  for (const word of firstWords(tables)) {
    const summary = tables.find(({ name }) => name === word)?.summary ?? "A group of commands";
    lines.push(`complete -c rerun-ts -f -n __fish_use_subcommand -a ${word} -d ${quoted(summary)}`);
  }
  for (const table of tables) {
    const [first = "", second] = table.name.split(" ");
    const inFirst = `__fish_seen_subcommand_from ${first}`;
    if (second !== undefined) {
      const others = (groups.get(first) ?? []).join(" ");
      const condition = quoted(`${inFirst}; and not __fish_seen_subcommand_from ${others}`);
      lines.push(`complete -c rerun-ts -f -n ${condition} -a ${second} -d ${quoted(table.summary)}`);
    }
    const condition = quoted(second === undefined ? inFirst : `${inFirst}; and __fish_seen_subcommand_from ${second}`);
    for (const [name, flag] of shownFlags(table)) {
      const values = valuesOf(flag);
      const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
      const kind = flag.kind === "choice" ? " -x" : " -r";
      const value =
        values === undefined ? "" : `${kind}${values.length === 0 ? "" : ` -a ${quoted(values.join(" "))}`}`;
      lines.push(`complete -c rerun-ts -n ${condition} -l ${name}${short}${value} -d ${quoted(flag.help)}`);
    }
  }
  return lines.join("\n");
}

/** The groups, and the names of their commands. */
function groupsOf(tables: readonly CommandTable[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { name } of tables) {
    const [first = "", second] = name.split(" ");
    if (second !== undefined) groups.set(first, [...(groups.get(first) ?? []), second]);
  }
  return groups;
}

function firstWords(tables: readonly CommandTable[]): string[] {
  return [...new Set(tables.map(({ name }) => name.split(" ", 1)[0] ?? ""))];
}

function shownFlags(table: CommandTable): [name: string, flag: Flag][] {
  return Object.entries(flagsOf(table)).filter(([, { hidden }]) => hidden !== true);
}

function flagWords(table: CommandTable): string[] {
  return [...shownFlags(table).map(([name]) => `--${name}`), "--help"];
}

/** The values of a flag that are known: all of a choice, and the small letters in `auto|FOLDER`. */
function valuesOf(flag: Flag): string[] | undefined {
  if (flag.kind === "switch" || flag.kind === "on-off" || flag.kind === "count") return undefined;
  if (flag.kind === "choice") return [...flag.choices];
  return valueOf(flag)
    .split("|")
    .filter((value) => /^[a-z\d-]+$/.test(value));
}

/** A text for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
