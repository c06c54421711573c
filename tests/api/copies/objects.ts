import type { EntityPath, TimeColumn } from "@rerun-ts/core";
import type { Copy } from "@rerun-ts/test-support/packages/copies";
import { vectorFromArray, Table, Int64 } from "apache-arrow";
import { describeRows, type Trial } from "./trial.ts";

/**
 * A call of a function of `own` with an object of `other`. Its result is the same whatever copy `other` is. It may only
 * differ, in another version, by a message that says so.
 */
export type Call = (own: Copy, other: Copy, trial: Trial, folder: string) => unknown;
/** A call that needs more than this process has, and its failure after it has accepted the object. */
export type FailingCall = readonly [call: Call, problem: RegExp];
/** Why a call is not made here. */
export type Reason = string;

export const PAGE = "it needs a page, and takes the recording as the sensors do: `checkRecording` and its methods";
export const METHOD_OF = "it calls the method of the global recording";
export const SERVER = "it needs a server, and calls methods of the object only";
export const OWN = "recordings of the same copy call it";
export const PARTS = "it makes the object that it takes, of values without a class";
export const VALUES = "its options are values without a class";
export const NOBODY = "rerun+http://127.0.0.1:1/proxy";

export const entity = ({ node }: Copy): EntityPath => node.EntityPath.of("a", "b");
export const times = ({ node }: Copy): TimeColumn => node.TimeColumn.sequence("frame", [1, 2]);
export const scalars = ({ node }: Copy): ReturnType<typeof node.Scalars.columns> =>
  node.Scalars.columns({ scalars: [3, 4] });
export const table = (): Table => new Table({ frame: vectorFromArray([1n], new Int64()), x: vectorFromArray([1.5]) });
export const layout = ({ blueprint }: Copy): InstanceType<Copy["blueprint"]["Blueprint"]> =>
  new blueprint.Blueprint(new blueprint.Grid([new blueprint.TextLogView({ name: "logs" })]));
export const layoutRows = async (own: Copy, part: unknown): Promise<unknown> => {
  const rbl = new own.blueprint.Blueprint(part as never).toRbl("copies");
  return { rows: describeRows(rbl), code: await own.reading.blueprintToCode(rbl) };
};
export const numRows = async (query: AsyncIterable<{ readonly numRows: number }>): Promise<number> => {
  let rows = 0;
  for await (const batch of query) rows += batch.numRows;
  return rows;
};
export const gather = async (rows: AsyncIterable<unknown>): Promise<unknown[]> => {
  const all: unknown[] = [];
  for await (const row of rows) all.push(row);
  return all;
};
export const lensOf = (copy: Copy): object => ({ from: "Scalars:scalars", to: entity(copy), as: copy.node.Scalars });

export const URDF = '<robot name="robot"><link name="base"/></robot>';
export const SPAN = {
  name: "work",
  startTime: [1, 0],
  endTime: [2, 0],
  duration: [1, 0],
  attributes: {},
  events: [],
  links: [],
  status: { code: 0 },
  kind: 0,
  resource: { attributes: {} },
  spanContext: () => ({ traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 }),
};
