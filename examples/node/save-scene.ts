import { statSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import * as rr from "@rerun-ts/node";

/** The recording of an example, and how the example ends. */
export interface Example {
  readonly rec: rr.RecordingStream;
  /** The file that the recording is saved to; `undefined` if it is sent elsewhere. */
  readonly path: string | undefined;
  /** Whether the example ends by itself, and whether it may open a browser: `--exit`, `--no-open`. */
  readonly isAutomated: boolean;
  readonly opensBrowser: boolean;
  /** Closes the recording and prints where it is; `what` describes what was logged. */
  readonly finish: (what?: string) => Promise<void>;
}

/**
 * Creates the recording of an example. It is saved to the file that the first argument names, or to `rerun-<name>.rrd`,
 * unless one of the flags that all Rerun programs share sends it elsewhere: `--connect`, `--url URL`, `--spawn`,
 * `--stdout`.
 */
export async function setUpExample(name: string, options: rr.types.ScriptOptions = {}): Promise<Example> {
  const { positionals, values } = parseFlags({
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      ...rr.rerunArgOptions,
      // Leaves the layout to the viewer.
      "no-layout": { type: "boolean" },
      // For automated runs. Most of these programs neither open anything nor wait.
      exit: { type: "boolean" },
      "no-open": { type: "boolean" },
    },
  });
  if (values.help === true) endWith(0, USAGE);
  const path = values.save ?? positionals[0] ?? `rerun-${name}.rrd`;
  const isElsewhere = [values.stdout, values.serve, values.connect, values.url, values.spawn].some(Boolean);
  const flags = isElsewhere ? values : { ...values, save: path };

  // In strict mode invalid data throws instead of being reported, so a broken example fails.
  const rec = await rr.scriptSetup(flags, `rerun_ts_${name.replaceAll("-", "_")}`, {
    strict: true,
    ...options,
    ...(values["no-layout"] === true && { defaultBlueprint: undefined }),
  });
  return {
    rec,
    path: isElsewhere ? undefined : path,
    isAutomated: values.exit === true,
    opensBrowser: values.exit !== true && values["no-open"] !== true,
    finish: async (what) => {
      const { rows } = rec.stats();
      await rr.scriptTeardown(flags, rec);
      const logged = what ?? `${rows} rows`;
      if (isElsewhere || !rec.enabled) console.error(`Logged ${logged}.`);
      else
        console.log(`Logged ${logged} and wrote ${path} (${(statSync(path).size / 1e6).toFixed(1)} MB).${how(path)}`);
    },
  };
}

/** Runs a scene as a program: creates the recording, logs the scene, closes the recording. `layout` is for viewers. */
export async function saveScene(
  name: string,
  title: string,
  logScene: (rec: rr.RecordingStream) => void | Promise<void>,
  layout?: rr.types.BlueprintLike,
): Promise<void> {
  const { rec, finish } = await setUpExample(name, { defaultBlueprint: layout });
  rec.sendRecordingName(title);
  await logScene(rec);
  await finish();
}

const USAGE = `Usage: npm run examples -- NAME [FILE] [OPTION …], or npm run demo -- [FILE] [OPTION …]

Logs a scene to FILE, or sends it elsewhere: --spawn (a native viewer), --connect, --url URL, --serve, --stdout.

  --save FILE    Write to this file
  --no-layout    Leave the layout to the viewer
  --no-open      Do not open a browser
  --exit         Exit when everything is logged
  -h, --help     Show this help`;

/** Parses the command line. A wrong one ends the program with the reason, and without a stack trace. */
function parseFlags<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return endWith(2, `${(error as Error).message}\n\n${USAGE}`);
  }
}

function endWith(code: number, text: string): never {
  (code === 0 ? console.log : console.error)(text);
  process.exit(code);
}

/** Instructions for opening a file. */
function how(path: string): string {
  return `

Open it with the Rerun viewer ${rr.RERUN_VERSION}:
  rerun ${path}          (pip install rerun-sdk==${rr.RERUN_VERSION}, or cargo install rerun-cli)
or drop it onto https://app.rerun.io/version/${rr.RERUN_VERSION} in a browser.`;
}
