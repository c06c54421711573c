import { RerunError } from "@rerun-ts/core";
import type { CommandContext, ValuesOf } from "rerun-ts/command";
import { describeBytes } from "@rerun-ts/node/files";
import { DueWork } from "../status/due-work.ts";
import { pushSpool, type PushReport } from "../spool/push-spool.ts";
import { checkDataset } from "../parts/part-key.ts";
import { storeOf } from "./open-store.ts";
import type { PUSH } from "./push-table.ts";

/** Interval of looks at an upload that may hang. */
const LOOK_MS = 1000;

type SpoolReport = PushReport & { readonly spool: string };

/** Runs `rerun-ts push`. @throws {UsageError} if the command line is wrong */
export async function push(values: ValuesOf<typeof PUSH>, context: CommandContext): Promise<void> {
  const { positionals } = values;
  if (values.dataset !== undefined) checkDataset(values.dataset);
  const store = await storeOf("--to", values.to, values, context);
  const reports: SpoolReport[] = [];
  for (const spool of positionals) {
    let status = "";
    const hideStatus = context.showStatus(() => status);
    const work = new DueWork(`parts of ${spool}`);
    work.setWaiting(true);
    const stopLooking = warnOfProblem(work, context);
    const onProgress = ({ parts, bytes }: { readonly parts: number; readonly bytes: number }): void => {
      work.succeed();
      status = `Sent ${parts} parts of ${spool}, ${describeBytes(bytes)}`;
    };
    try {
      reports.push({ spool, ...(await pushSpool(spool, store, { dataset: values.dataset, onProgress })) });
    } catch (error) {
      // The other spools are sent nevertheless.
      reports.push({ spool, sent: [], inUse: [], failed: [{ path: spool, error: withFlag(RerunError.from(error)) }] });
    } finally {
      stopLooking();
      hideStatus();
    }
  }
  if (values.json) console.log(context.toJson(reports, 2));
  else for (const report of reports) show(report, store.url, context);
  if (reports.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
}

/** An error about the option of a function, with the flag that sets it. */
function withFlag(error: RerunError): RerunError {
  if (error.argument !== "dataset") return error;
  return new RerunError(error.code, error.message.replaceAll("`dataset`", "`--dataset`"), { cause: error });
}

/** Prints the problem of work while it lasts: nothing fails while an upload hangs. */
function warnOfProblem(work: DueWork, { warn }: CommandContext): () => void {
  let hasWarned = false;
  const timer = setInterval(() => {
    const { problem } = work.report();
    if (problem !== undefined && !hasWarned) warn(problem);
    hasWarned = problem !== undefined;
  }, LOOK_MS);
  return () => clearInterval(timer);
}

function show({ spool, sent, inUse, failed }: SpoolReport, to: string, { print, warn }: CommandContext): void {
  for (const path of inUse) warn(`${path}: a program is writing to it, and sends it itself`);
  for (const { path, error } of failed)
    warn(error.message.includes(path) ? error.message : `${path}: ${error.message}`);
  for (const { key, lostBytes } of sent)
    if (lostBytes > 0) warn(`${key} was cut off: ${lostBytes} bytes of an incomplete message were removed`);
  const bytes = sent.reduce((sum, part) => sum + part.bytes, 0);
  print(`${spool}: ${sent.length} parts sent to ${to} (${describeBytes(bytes)})`);
}
