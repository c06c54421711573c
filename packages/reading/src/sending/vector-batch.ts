import type { ComponentBatch } from "@rerun-ts/core";
import { checkOptions, invalidArgument, argumentError } from "@rerun-ts/core/checks";
import type { ArrayBuilder, ArrowType } from "@rerun-ts/core/encode";
import { asOpaque, HEADER, ipcMessages, readArrowSchema } from "@rerun-ts/core/rrd";
import { Table, isArrowVector, tableToIPC, type Data, type DataType, type Vector } from "apache-arrow";

import { readIpc } from "../ipc/read-ipc.ts";
import { gather } from "../arrays/gather.ts";
import { checkOwnClasses } from "../arrays/own-classes.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { InstancesBuilder } from "./instances-builder.ts";

/** Options of {@link vectorBatch}. */
export interface VectorBatchOptions {
  /** The full name of the component type, e.g. `my.Confidence`. Default: none. */
  componentType?: string | undefined;
}

/**
 * A vector of apache-arrow as instances of a component, for `AnyValues` and `componentBatches`. Use it for Arrow types
 * unknown to `arrowBatch`, such as dictionaries, decimals, sparse unions and other units of time. The elements are
 * copied.
 *
 * Rows with a dictionary leave as a chunk each: send many of them as columns.
 *
 * @throws {TypeError} if `vector` is not a vector of apache-arrow, or of another copy of it
 * @throws {RerunError} `UNSUPPORTED` if its dictionaries do not fit the type of their indices
 * @example
 * const names = vectorFromArray(["left", "right", "left"], new Dictionary(new Utf8(), new Int8()));
 * recording.log("gripper", new AnyValues({ side: vectorBatch(names) }));
 */
export function vectorBatch(vector: Vector, options?: VectorBatchOptions): ComponentBatch {
  checkOptions("vectorBatch", options, { componentType: 1 });
  if (!isArrowVector(vector)) throw invalidArgument("vector", "a vector of apache-arrow", vector);
  checkOwnClasses("vector", [vector.type]);
  const { arrow, type, values } = readVector(vector);
  return {
    type: {
      name: options?.componentType,
      arrow,
      createBuilder: (): ArrayBuilder => new InstancesBuilder(arrow, type),
      append(data: Data, target: ArrayBuilder): void {
        (target as InstancesBuilder).append(data);
      },
    },
    values,
  };
}

interface ReadVector {
  readonly arrow: ArrowType;
  readonly type: DataType;
  readonly values: Data;
}

/** Encodes a vector, whose arrays may be parts of others, and reads it again. */
function readVector(vector: Vector): ReadVector {
  const stream = tableToIPC(new Table({ item: vector }), "stream");
  const { schema, batches } = readIpc(stream);
  const type = schema.fields[0]?.type as DataType;
  const sources = batches.map((batch) => batch.column(0));
  const all = new RowRanges();
  for (const [index, { length }] of sources.entries()) all.push(index, 0, length);
  for (const message of ipcMessages(stream)) {
    if (message.type !== HEADER.schema) continue;
    const arrow = asOpaque(readArrowSchema(message.header).fields[0]?.type as ArrowType);
    return { arrow, type, values: gather(type, sources, all) };
  }
  throw argumentError("vector", "`vector` has no Arrow type");
}
