import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { describe, expect, it } from "vitest";
import { completionScript } from "../../packages/cli/src/command/completion-script.ts";
import type { CommandTable } from "../../packages/cli/src/command/command-table.ts";
import { helpText } from "../../packages/cli/src/command/help-text.ts";
import { parseTable } from "../../packages/cli/src/command/parse-table.ts";
import { flagsOf } from "../../packages/cli/src/command/status-flags.ts";
import { COMMANDS } from "../../packages/cli/src/commands.ts";
import { phraseProblems } from "../../tools/lib/prose-problems.ts";
import { commandReference, readTables } from "../../tools/codegen/command-reference.ts";

/** The columns of a terminal. */
const COLUMNS = 100;
/** How each shell checks a script that it does not run. */
const CHECKS = { bash: "-n", zsh: "-n", fish: "--no-execute" } as const;

const tables = await readTables();

describe("the tables of commands", () => {
  it("are those of the commands that exist", () => {
    expect(tables.map(({ name }) => name)).toEqual(Object.keys(COMMANDS).sort());
  });

  it.for(tables)("describe each flag in a sentence, and name only flags that exist: $name", (table) => {
    const flags = flagsOf(table);
    const names = Object.keys(flags);
    expect(table.summary).toMatch(/^[A-Z].*[^.]$/);
    for (const [name, { help, requires = [], conflicts = [] }] of Object.entries(flags)) {
      expect(help, name).toMatch(/^[A-Z].{5,}[^.;,]$/);
      expect(names).toEqual(expect.arrayContaining([...requires, ...conflicts]));
    }
    const grouped = Object.values(table.groups ?? {}).flat();
    expect(names).toEqual(expect.arrayContaining(grouped));
    const shorts = Object.values(flags).flatMap(({ short }) => (short === undefined ? [] : [short]));
    expect(new Set(shorts).size).toBe(shorts.length);
  });

  it.for(tables)("make a help that fits a terminal, with each flag: $name", (table) => {
    const help = helpText(table);
    expect(help.split("\n").filter((line) => line.length > COLUMNS)).toEqual([]);
    expect(phraseProblems(help)).toEqual([]);
    for (const [name, { hidden }] of Object.entries(flagsOf(table)))
      expect([name, help.includes(`--${name}`)]).toEqual([name, hidden !== true]);
  });

  it("make the reference in the documentation", async () => {
    const [path, content] = await commandReference(root);
    expect(await readFile(join(root, path), "utf8")).toBe(content);
  });

  it.for(["bash", "zsh", "fish"] as const)("make a script that %s accepts", (shell, { skip }) => {
    skip(spawnSync(shell, ["--version"]).error !== undefined, `there is no ${shell}`);
    const { status, stderr } = spawnSync(shell, [CHECKS[shell]], { input: completionScript(shell, tables) });
    expect([status, String(stderr)]).toEqual([0, ""]);
  });

  it("let Bash complete commands, flags and their values", ({ skip }) => {
    skip(spawnSync("bash", ["--version"]).error !== undefined, "there is no bash");
    const complete = (...words: readonly string[]): string[] => {
      const line = [
        completionScript("bash", tables),
        `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})`,
        `COMP_CWORD=${words.length - 1}`,
        '_rerun_ts; printf "%s\\n" "${COMPREPLY[@]}"',
      ];
      return String(spawnSync("bash", ["-c", line.join("\n")]).stdout)
        .trim()
        .split("\n");
    };
    expect(complete("rerun-ts", "vi")).toEqual(["view", "viewer-files"]);
    expect(complete("rerun-ts", "rrd", "s")).toEqual(["split", "stats"]);
    expect(complete("rerun-ts", "rrd", "query", "--fo")).toEqual(["--format"]);
    expect(complete("rerun-ts", "rrd", "query", "--format", "")).toEqual(["json", "csv", "arrow", "parquet"]);
    expect(complete("rerun-ts", "serve", "--assets", "p")).toEqual(["pypi"]);
    expect(complete("rerun-ts", "catalog", "keep", "--status-p")).toEqual(["--status-port"]);
    // Files: the shell completes these.
    expect(complete("rerun-ts", "rrd", "stats", "run")).toEqual([""]);
  });
});

const TABLE = {
  name: "test",
  summary: "Test",
  positionals: { usage: "FILE", least: 1, most: 2, required: "one or two files" },
  flags: {
    port: { kind: "integer", value: "N", environment: "TEST_TABLE_PORT", help: "A port" },
    size: { kind: "bytes", value: "SIZE", help: "A size" },
    kind: { kind: "choice", choices: ["a", "b"], help: "A kind" },
    name: { kind: "text", value: "NAME", repeated: true, requires: ["port", "size"], help: "A name" },
    fast: { kind: "switch", conflicts: ["slow"], help: "Be fast" },
    slow: { kind: "on-off", help: "Be slow" },
    verbose: { kind: "count", short: "v", help: "Say more" },
    to: { kind: "text", value: "URL", required: "a URL", help: "The target" },
  },
  exits: { 0: "Good.", 1: "Bad." },
} as const satisfies CommandTable;

describe("a command line", () => {
  const parse = (line: string): ReturnType<typeof parseTable<typeof TABLE>> => parseTable(TABLE, line.split(" "));

  it("gets the types of its table", () => {
    expect(parse("f --to x --port 1 --size 2kB --kind b --name n --name m --slow false -vv g")).toEqual({
      port: 1,
      size: 2000,
      kind: "b",
      name: ["n", "m"],
      fast: false,
      slow: false,
      verbose: 2,
      to: "x",
      positionals: ["f", "g"],
    });
    expect(parse("f --to x")).toMatchObject({ port: undefined, name: undefined, slow: undefined, verbose: 0 });
  });

  it("takes a variable of the environment in place of a flag, and names it in messages", () => {
    process.env["TEST_TABLE_PORT"] = "7";
    try {
      expect(parse("f --to x").port).toBe(7);
      expect(parse("f --to x --port 8").port).toBe(8);
      process.env["TEST_TABLE_PORT"] = "many";
      expect(() => parse("f --to x")).toThrow('`TEST_TABLE_PORT` must be a non-negative integer, got "many"');
    } finally {
      delete process.env["TEST_TABLE_PORT"];
    }
  });

  it.for([
    ["f", "`--to` is required: a URL"],
    ["--to x", "`test` requires one or two files"],
    ["f g h --to x", "`test` requires one or two files, got 3"],
    ["f --to x --port -1", '`--port` must be a non-negative integer, got "-1"'],
    ["f --to x --port -p", "`--port` requires a value; one with a dash is given as `--port=-…`"],
    ["f --to x --port=1.5", '`--port` must be a non-negative integer, got "1.5"'],
    ["f --to x --size huge", "`--size` must be a positive number of bytes, or a size such as"],
    ["f --to x --kind c", '`--kind` must be a or b, got "c"'],
    ["f --to x --name n", "`--name` requires `--port` or `--size`"],
    ["f --to x --fast --slow", "`--fast` cannot be combined with `--slow`"],
    ["f --to x --slow=maybe", '`--slow` must be true or false, got "maybe"'],
    ["f --to x --prot 1", "unknown option `--prot` (did you mean `--port`?)"],
    ["f --to x --fast=yes", "`--fast` takes no value"],
  ] as const)("names what is wrong: %s", ([line, message]) => {
    expect(() => parse(line)).toThrow(message);
  });
});
