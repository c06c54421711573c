import * as rr from "@rerun-ts/node";
import type { Call, CallTimes } from "./calls.ts";
import { columnsOf, rowOf } from "./data.ts";

const PROPERTIES = "/__properties";

/**
 * Makes a call again.
 * @param arrowTypes of components that are not built in, as pyarrow writes them
 */
export function repeat(
  recording: rr.RecordingStream,
  call: Call,
  arrowTypes: Readonly<Record<string, string>> = {},
): void {
  const { entity, via } = call.chunk;
  if (call.isColumns) {
    return recording.sendColumns(entity, call.times.map(toTimeColumn), columnsOf(call, arrowTypes));
  }
  const data = rowOf(call, arrowTypes);
  const name = via === "properties" ? recordingNameOf(call) : undefined;
  const property = via === "properties" ? propertyOf(call) : undefined;
  if (name !== undefined) recording.sendRecordingName(name);
  else if (property !== undefined) recording.sendProperty(property, data);
  else if (call.chunk.static === true) recording.log(entity, data, { static: true });
  else recording.log(entity, data, { time: timePointOf(call.times) });
}

/** The name of the recording, if that is all that is logged. */
function recordingNameOf({ chunk, cells }: Call): string | undefined {
  const [[component, [cell] = []] = []] = cells;
  const isName = chunk.entity === PROPERTIES && cells.size === 1 && component === "RecordingInfo:name";
  return isName ? String(cell?.[0]) : undefined;
}

/** The name of the property, if it has one. */
function propertyOf({ chunk }: Call): string | undefined {
  const [, name, ...others] = rr.EntityPath.parse(chunk.entity).parts;
  return others.length === 0 ? name : undefined;
}

function timePointOf(times: readonly CallTimes[]): rr.types.TimePointLike {
  // The recording adds this one by itself.
  const given = times.filter(({ timeline }) => timeline !== "log_tick");
  return Object.fromEntries(
    given.map(({ timeline, kind, values: [value = 0n] }) => {
      if (kind === "sequence") return [timeline, { sequence: value }];
      return [timeline, kind === "duration" ? { duration: value } : { timestamp: value }];
    }),
  );
}

function toTimeColumn({ timeline, kind, values }: CallTimes): rr.TimeColumn {
  return rr.TimeColumn[kind](timeline, values);
}
