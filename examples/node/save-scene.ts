import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import * as rr from "@rerun-ts/node";

/**
 * The program around a scene: makes a recording, saves it to the file that the first argument names, or to
 * `rerun-<name>.rrd`, and tells how to open it.
 */
export async function saveScene(
  name: string,
  title: string,
  logScene: (rec: rr.RecordingStream) => void,
): Promise<void> {
  // `--exit` is for machines: these programs neither open anything nor wait.
  const { positionals } = parseArgs({ allowPositionals: true, options: { exit: { type: "boolean" } } });
  const path = positionals[0] ?? `rerun-${name}.rrd`;

  // In strict mode wrong data is thrown rather than reported: what an example wants.
  const rec = new rr.RecordingStream(`rerun_ts_${name.replaceAll("-", "_")}`, { strict: true });
  await rec.save(path);
  rec.sendRecordingName(title);
  logScene(rec);
  const { rows } = rec.stats();
  await rec.close();

  console.log(`Logged ${rows} rows and wrote ${path} (${(statSync(path).size / 1e6).toFixed(1)} MB).

Open it with the Rerun viewer ${rr.RERUN_VERSION}:
  rerun ${path}          (pip install rerun-sdk==${rr.RERUN_VERSION}, or cargo install rerun-cli)
or drop it onto https://app.rerun.io/version/${rr.RERUN_VERSION} in a browser.`);
}
