import type { CommandTable } from "./command/command-table.ts";

/** `rerun-ts completion`. */
export const COMPLETION = {
  name: "completion",
  summary: "Print a script that completes commands and options in a shell",
  positionals: { usage: "bash|zsh|fish", least: 1, most: 1, required: "one shell: bash, zsh or fish" },
  flags: {},
  exits: { 0: "The script was printed.", 1: "The script could not be printed." },
  examples: [
    "completion bash >> ~/.bashrc",
    "completion zsh >> ~/.zshrc",
    "completion fish > ~/.config/fish/completions/rerun-ts.fish",
  ],
} as const satisfies CommandTable;
