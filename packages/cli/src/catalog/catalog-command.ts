import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError, helpOf, isArgumentError, unknownName } from "../command/arguments.ts";
import { expandFolders } from "../expand-folders.ts";
import { loadCloudCommand } from "../cloud-commands.ts";
import { print } from "../rrd/rrd-output.ts";
import { counted } from "../rrd/rrd-sources.ts";
import { showStatus } from "../command/status-line.ts";
import { describeBytes } from "@rerun-ts/node/files";
import { datasetOf, entryOf, parseCatalogArguments, withCatalog } from "./catalog-arguments.ts";
import { queryCatalog } from "./catalog-query-command.ts";
import { datasetText, entryLine, jsonText } from "./catalog-text.ts";
import type { RegistrationResult } from "@rerun-ts/catalog";

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  ls,
  info,
  register,
  upload,
  query: queryCatalog,
  link,
  rm,
  keep: async (args) => (await loadCloudCommand("keep"))(args),
};

/** Runs `rerun-ts catalog COMMAND …`. @throws {UsageError} if the command or a flag is wrong */
export async function catalog([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name === "help") return print(await helpOf("catalog"));
  // Flags without a command belong to a keeper: `rerun-ts catalog --from s3://…`.
  if (name.startsWith("--from")) return catalog(["keep", name, ...args]);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const known = Object.keys(COMMANDS);
    const { message } = unknownName(
      "command",
      `catalog ${name}`,
      known.map((each) => `catalog ${each}`),
    );
    throw new UsageError(`${message}; there are: ${known.join(", ")}`);
  }
  try {
    await command(args);
  } catch (error) {
    if (isArgumentError(error)) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function ls(args: string[]): Promise<void> {
  const given = parseCatalogArguments("ls", args, { all: { type: "boolean", short: "a" } });
  await withCatalog(given, async (client) => {
    if (given.names.length > 0) {
      const ids = await (await datasetOf(client, given, "ls")).segmentIds();
      return printLines(given.has("json") ? [jsonText(ids)] : ids);
    }
    const entries = await client.entries({ includeHidden: given.has("all") });
    const found = entries.map(({ id, name, kind, createdAt }) => ({ id, name, kind, createdAt }));
    await printLines(given.has("json") ? [jsonText(found)] : found.map(entryLine));
  });
}

async function printLines(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await print(lines.join("\n"));
}

async function info(args: string[]): Promise<void> {
  const given = parseCatalogArguments("info", args);
  await withCatalog(given, async (client) => {
    const [name] = given.names;
    if (name === undefined) {
      const { url, version, user } = client;
      return print(jsonText({ url, ...version, ...user }));
    }
    const entry = await entryOf(client, name);
    const { id, kind, createdAt } = entry;
    if (!("query" in entry)) {
      const columns = (await entry.arrowSchema()).fields.map((field) => ({
        name: field.name,
        type: String(field.type),
      }));
      return print(jsonText({ id, name, kind, createdAt, storageUrl: entry.storageUrl, columns }));
    }
    const found = { id, name, kind, createdAt, ...(await entry.info()) };
    await print(given.has("json") ? jsonText(found) : datasetText(found));
  });
}

const REGISTER = {
  layer: { type: "string" },
  "on-duplicate": { type: "string" },
  create: { type: "boolean" },
} as const;

async function register(args: string[]): Promise<void> {
  const given = parseCatalogArguments("register", args, { ...REGISTER, prefix: { type: "boolean" } });
  const [name, ...sources] = given.names;
  if (name === undefined || sources.length === 0)
    throw new UsageError("`catalog register` requires the name of a dataset, and files or URLs");
  // A prefix may be that of a folder.
  const found = given.has("prefix") ? sources : expandFolders(sources);
  const urls = found.map((source) => (/^[a-z][a-z\d+.-]+:/i.test(source) ? source : pathToFileURL(source).href));
  await withCatalog(given, async (client) => {
    const dataset = given.has("create")
      ? await client.createDataset(name, { existOk: true })
      : await datasetOf(client, given, "register");
    const options = { layerName: given.text("layer"), onDuplicate: given.text("on-duplicate") as "error" | undefined };
    const results: RegistrationResult[] = [];
    const stop = showStatus(() => `${counted(results.length, "recording")} registered`);
    try {
      const operations = given.has("prefix")
        ? urls.map((url) => dataset.registerPrefix(url, options))
        : [dataset.register(urls, options)];
      for (const operation of operations) for await (const result of operation) results.push(result);
    } finally {
      stop();
    }
    await printResults(results, given.has("json"));
  });
}

async function upload(args: string[]): Promise<void> {
  const given = parseCatalogArguments("upload", args, {
    ...REGISTER,
    key: { type: "string" },
    resume: { type: "boolean" },
  });
  const [name, ...sources] = given.names;
  const paths = expandFolders(sources);
  if (name === undefined || paths.length === 0)
    throw new UsageError("`catalog upload` requires the name of a dataset, and files");
  const prefix = given.text("key");
  if (prefix !== undefined && paths.length > 1) throw new UsageError("`--key` requires exactly one file");
  await withCatalog(given, async (client) => {
    const dataset = given.has("create")
      ? await client.createDataset(name, { existOk: true })
      : await datasetOf(client, given, "upload");
    const results: RegistrationResult[] = [];
    for (const path of paths) {
      let text = path;
      const stop = showStatus(() => text);
      try {
        const result = await dataset.upload(path, {
          key: prefix ?? `${dataset.name}/${basename(path)}`.replaceAll(/[^\w./-]+/g, "_"),
          layerName: given.text("layer"),
          onDuplicate: given.text("on-duplicate") as "error" | undefined,
          resume: given.has("resume"),
          onProgress: ({ bytes, totalBytes }) =>
            (text = `${path}: ${describeBytes(bytes)} of ${describeBytes(totalBytes)} sent`),
        });
        results.push(result);
      } finally {
        stop();
      }
    }
    await printResults(results, given.has("json"));
  });
}

/** Prints the results of registrations. A failure makes the command exit with status 1. */
async function printResults(results: readonly RegistrationResult[], isJson: boolean): Promise<void> {
  const plain = results.map(({ url, segmentId, layer, error }) => ({ url, segmentId, layer, error: error?.message }));
  if (isJson) await print(jsonText(plain));
  else {
    const done = plain.filter(({ error }) => error === undefined);
    if (done.length > 0)
      await print(done.map(({ segmentId, layer, url }) => `${segmentId}\t${layer}\t${url}`).join("\n"));
    for (const { error } of plain) if (error !== undefined) console.error(`rerun-ts: ${error}`);
  }
  if (plain.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

async function link(args: string[]): Promise<void> {
  const given = parseCatalogArguments("link", args, {
    timeline: { type: "string" },
    from: { type: "string" },
    to: { type: "string" },
  });
  const [, segment] = given.names;
  if (segment === undefined)
    throw new UsageError("`catalog link` requires the name of a dataset, and the id of a segment");
  const [timeline, from, to] = ["timeline", "from", "to"].map((flag) => given.text(flag));
  if ((timeline === undefined) !== (from === undefined) || (to !== undefined && from === undefined))
    throw new UsageError("`--timeline` and `--from` require each other, and `--to` requires both");
  const { parseTime } = await import("../rrd/rrd-arguments.ts");
  await withCatalog(given, async (client) => {
    const dataset = await datasetOf(client, given, "link");
    const times =
      timeline === undefined || from === undefined
        ? undefined
        : { timeline, start: parseTime("--from", from), end: to === undefined ? undefined : parseTime("--to", to) };
    await print(dataset.segmentUrl(segment, times));
  });
}

async function rm(args: string[]): Promise<void> {
  const given = parseCatalogArguments("rm", args, {
    segment: { type: "string", multiple: true },
    layer: { type: "string", multiple: true },
  });
  const [name, ...others] = given.names;
  if (name === undefined || others.length > 0) throw new UsageError("`catalog rm` requires the name of one entry");
  await withCatalog(given, async (client) => {
    const [segmentsToDrop, layersToDrop] = [given.texts("segment"), given.texts("layer")];
    const entry = await entryOf(client, name);
    if (segmentsToDrop.length + layersToDrop.length === 0) await entry.delete();
    else if ("query" in entry) await entry.unregister({ segmentsToDrop, layersToDrop });
    else throw new UsageError("`--segment` and `--layer` require a dataset");
    if (given.has("json")) await print(jsonText({ removed: name, segments: segmentsToDrop, layers: layersToDrop }));
  });
}
