import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isCi, root } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { run } from "@rerun-ts/test-support/node/run";
import { ensureSchemaCheckers, type SchemaCheckers } from "@rerun-ts/test-support/setup/schema-checkers";
import { realRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { describe, expect } from "vitest";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

const FOLDER = join(root, "operations");
const UNITS = join(FOLDER, "systemd");
const KUBERNETES = join(FOLDER, "kubernetes");
/** The exposure that `systemd-analyze security` may find, of 100. */
const MAX_EXPOSURE = 25;
/** The first line of a command that runs. */
const BEGUN: Readonly<Record<string, RegExp>> = {
  ingest: /^Ingesting /,
  "catalog keep": /parts are registered/,
  serve: /^Serving at /,
};

type Settings = ReadonlyMap<string, readonly string[]>;

/** The settings of a unit, by their names. */
function readUnit(file: string): Settings {
  const settings = new Map<string, string[]>();
  for (const line of readFileSync(join(UNITS, file), "utf8").split("\n")) {
    const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== "") settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  return settings;
}

/** The variables of a file of settings. */
function readEnv(file: string): ReadonlyMap<string, string> {
  const lines = readFileSync(join(UNITS, file), "utf8").split("\n");
  const set = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(set.map((line) => line.split(/=(.*)/s) as [string, string]));
}

const SERVICES = readdirSync(UNITS).filter((name) => name.endsWith(".service"));

/** A command line as it is written, with the place where it stands. */
interface CommandLine {
  readonly place: string;
  readonly words: readonly string[];
}

function unitCommands(): readonly CommandLine[] {
  return SERVICES.map((file) => {
    const [exec = ""] = readUnit(file).get("ExecStart") ?? [];
    const [program, ...words] = exec.split(" ");
    expect(program).toBe("/usr/local/bin/rerun-ts");
    return { place: file, words };
  });
}

/** All documents of a YAML file. */
async function readYaml({ python }: SchemaCheckers, path: string): Promise<readonly Record<string, unknown>[]> {
  const program = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))";
  const { code, output } = await run(python, ["-c", program, path], { capture: true });
  expect(code, output).toBe(0);
  return JSON.parse(output) as Record<string, unknown>[];
}

async function containerCommands(checkers: SchemaCheckers): Promise<readonly CommandLine[]> {
  const [compose] = await readYaml(checkers, join(FOLDER, "compose.yaml"));
  const services = compose?.["services"] as Record<string, { image: string; command: string[] }>;
  const own = Object.entries(services).filter(([, { image }]) => image === "rerun-ts");
  const found: CommandLine[] = own.map(([name, { command }]) => ({ place: `compose.yaml: ${name}`, words: command }));
  for (const file of readdirSync(KUBERNETES)) {
    for (const { kind, spec } of await readYaml(checkers, join(KUBERNETES, file))) {
      if (kind !== "Deployment") continue;
      const { containers } = (spec as { template: { spec: { containers: { args: string[] }[] } } }).template.spec;
      for (const { args } of containers) found.push({ place: file, words: args });
    }
  }
  return found;
}

/** The command line with places of this machine, of which nothing is taken. */
async function onThisMachine(
  words: readonly string[],
  folder: string,
): Promise<{ readonly args: readonly string[]; readonly name: string }> {
  const values: Record<string, string> = {
    DATASET: "fleet",
    NATS_URL: `nats://127.0.0.1:${await freePort()}`,
    STORE_URL: join(folder, "store"),
  };
  mkdirSync(join(folder, "store"), { recursive: true });
  const flat = words.flatMap((word) => (word.startsWith("--") ? word.split(/=(.*)/s).slice(0, 2) : [word]));
  const args: string[] = [];
  for (const word of flat) {
    const [, variable] = /^\$[({](\w+)[)}]$/.exec(word) ?? [];
    const flag = args.at(-1) ?? "";
    if (variable !== undefined) args.push(values[variable] ?? "");
    else if (flag.endsWith("port")) args.push(String(await freePort()));
    else if (flag.endsWith("bind")) args.push("127.0.0.1");
    else if (word.startsWith("nats:")) args.push(values["NATS_URL"] ?? "");
    else if (word.startsWith("s3:")) args.push(values["STORE_URL"] ?? "");
    else if (word.startsWith("/")) args.push(join(folder, word));
    else args.push(word);
  }
  return { args, name: words[0] === "catalog" ? `${words[0]} ${words[1]}` : (words[0] ?? "") };
}

/** Runs a command line until it works, or to its end if it is `push`. */
async function expectAccepted({ place, words }: CommandLine, folder: string): Promise<void> {
  const { args, name } = await onThisMachine(words, folder);
  const env = { RERUN_CLI_PATH: realRerun().rerun };
  if (name === "push") {
    for (const path of args.filter((word) => word.startsWith("/"))) mkdirSync(path, { recursive: true });
    const { code, stderr } = await runWarmCli(args, { env });
    expect([code, stderr], place).toEqual([0, ""]);
    return;
  }
  const quiet = args.filter((word) => word !== "--json");
  const program = await RelayProgram.startWarm(quiet, BEGUN[name] ?? /^$/, { env }).catch((error: unknown) => {
    throw new Error(`${place}: ${String(error)}`);
  });
  const port = Number(args[args.indexOf("--status-port") + 1]);
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status, place).toBe(200);
  expect((await program.interrupt("SIGTERM")).code, place).toBe(0);
}

describe("the units of systemd", () => {
  it("have command lines that are accepted", async ({ folder, rerun }) => {
    expect(rerun.program).not.toBe("");
    for (const line of unitCommands()) await expectAccepted(line, folder);
  });

  it("have a file of settings with the variables that they use", () => {
    for (const file of SERVICES) {
      const unit = readUnit(file);
      const [path = ""] = unit.get("EnvironmentFile") ?? [];
      const set = readEnv(path.replace("/etc/rerun-ts/", ""));
      const used = [...(unit.get("ExecStart")?.[0] ?? "").matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => name);
      for (const name of used) expect(set.get(name), `${name} of ${file}`).not.toBe(undefined);
      // Others are read by the program itself.
      for (const name of set.keys())
        if (!/^(?:AWS|NATS|RERUN)_/.test(name)) expect(used, `${name} of ${path}`).toContain(name);
    }
  });

  it("are valid and hardened for systemd", async ({ folder, skip }) => {
    const { code: lacks } = await run("systemd-analyze", ["--version"], { capture: true }).catch(() => ({ code: 1 }));
    if (lacks !== 0) skip("systemd-analyze is missing");
    const copies = readdirSync(UNITS)
      .filter((name) => !name.endsWith(".env"))
      .map((name) => {
        // The program is not installed on this machine.
        const text = readFileSync(join(UNITS, name), "utf8").replaceAll("/usr/local/bin/rerun-ts", process.execPath);
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      });
    const verified = await run("systemd-analyze", ["verify", "--man=no", ...copies], { capture: true });
    expect([verified.code, verified.output.trim()]).toEqual([0, ""]);
    for (const copy of copies.filter((path) => path.endsWith(".service"))) {
      const args = ["security", "--offline=yes", `--threshold=${MAX_EXPOSURE}`, "--no-pager", copy];
      const { code, output } = await run("systemd-analyze", args, { capture: true });
      expect(code, output).toBe(0);
    }
  });
});

describe("the files for containers", () => {
  it("fit the schemas of Compose and Kubernetes, and have command lines that are accepted", async ({
    folder,
    rerun,
    skip,
  }) => {
    const checkers = await ensureSchemaCheckers();
    if ("missing" in checkers) {
      if (isCi) throw new Error(checkers.missing);
      skip(checkers.missing);
      return;
    }
    expect(rerun.program).not.toBe("");
    const compose = ["--builtin-schema", "vendor.compose-spec", join(FOLDER, "compose.yaml")];
    const manifests = readdirSync(KUBERNETES).map((name) => join(KUBERNETES, name));
    for (const [program, args] of [
      [checkers.checkSchema, compose],
      [checkers.checkKubernetes, ["--strict", ...manifests]],
    ] as const) {
      const { code, output } = await run(program, args, { capture: true });
      expect(code, output).toBe(0);
    }
    const lines = await containerCommands(checkers);
    expect(lines.map(({ place }) => place).sort()).toEqual([
      "compose.yaml: ingest",
      "compose.yaml: keep",
      "compose.yaml: serve",
      "ingest.yaml",
      "keep.yaml",
      "serve.yaml",
    ]);
    for (const line of lines) await expectAccepted(line, folder);
  });
});
