import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { UsageError, describeBytes, parseCommand, showStatus } from "@rerun-ts/node/parts";
import { pushSpool, type PushReport } from "../spool/push-spool.ts";
import { STORE_FLAGS, storeOf } from "./store-flags.ts";

type SpoolReport = PushReport & { readonly spool: string };

/** Runs `rerun-ts push`. @throws {UsageError} if the command line is wrong */
export async function push(args: string[]): Promise<void> {
  const flags = {
    ...STORE_FLAGS,
    to: { type: "string" },
    dataset: { type: "string" },
    json: { type: "boolean" },
  } as const;
  const { values, positionals } = parseCommand(args, flags);
  if (positionals.length === 0) throw new UsageError("`push` requires at least one SPOOL");
  const store = await storeOf("--to", values.to, values);
  const reports: SpoolReport[] = [];
  for (const spool of positionals) {
    let status = "";
    const hideStatus = showStatus(() => status);
    const onProgress = ({ parts, bytes }: { readonly parts: number; readonly bytes: number }): void => {
      status = `Sent ${parts} parts of ${spool}, ${describeBytes(bytes)}`;
    };
    try {
      reports.push({ spool, ...(await pushSpool(spool, store, { dataset: values.dataset, onProgress })) });
    } catch (error) {
      // The other spools are sent nevertheless.
      reports.push({ spool, sent: [], inUse: [], failed: [{ path: spool, error: RerunError.from(error) }] });
    } finally {
      hideStatus();
    }
  }
  if (values.json === true) console.log(JSON.stringify(reports, jsonValue, 2));
  else for (const report of reports) show(report, store.url);
  if (reports.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
}

function show({ spool, sent, inUse, failed }: SpoolReport, to: string): void {
  for (const path of inUse) console.error(`rerun-ts: ${path}: a program is writing to it, and sends it itself`);
  for (const { path, error } of failed)
    console.error(error.message.includes(path) ? `rerun-ts: ${error.message}` : `rerun-ts: ${path}: ${error.message}`);
  for (const { key, lostBytes } of sent)
    if (lostBytes > 0)
      console.error(`rerun-ts: ${key} was cut off: ${lostBytes} bytes of an incomplete message were removed`);
  const bytes = sent.reduce((sum, part) => sum + part.bytes, 0);
  console.log(`${spool}: ${sent.length} parts sent to ${to} (${describeBytes(bytes)})`);
}

/** Errors as their messages. */
function jsonValue(_: string, value: unknown): unknown {
  return value instanceof Error ? messageOf(value) : value;
}
