import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { MAX_NESTING } from "@rerun-ts/core/encode";
import { nestingOf } from "../columns/count-columns.ts";
import { BytesColumn } from "../columns/leaf-columns.ts";
import type { MessageColumns } from "../columns/message-columns.ts";
import { StructColumn } from "../columns/nested-columns.ts";
import type { McapChannel, McapSchema } from "../file/records.ts";
import { jsonColumns } from "../json/json-columns.ts";
import { onePerRow, ownComponent } from "../mapping/component-data.ts";
import { FOXGLOVE_MAPPINGS } from "../mapping/foxglove/foxglove-mappings.ts";
import { blobData, timesAt, type FieldTimes } from "../mapping/message-fields.ts";
import { RERUN_SCALARS, mapRerunScalars } from "../mapping/rerun-scalars.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { ROS_MAPPINGS, type RosMapping } from "../mapping/ros/ros-mappings.ts";
import { lateProtobufColumns as protobufColumns } from "../protobuf/lazy-protobuf.ts";
import { rosColumns } from "../ros/ros-columns.ts";
import type { WireFormat } from "../ros/wire-reader.ts";
import type { McapDecoder } from "./mcap-decoders.ts";

/** Columns of a channel, and their conversion to rows. */
export interface ChannelColumns extends MessageColumns {
  /** Turns messages into rows. */
  readonly map: Mapping;
  /** Turns messages into rows if `map` cannot. */
  readonly fallback: Mapping;
  /** The timeline of times in the messages, and where these are. */
  readonly stamps: { readonly timeline: string; readonly paths: readonly string[] } | undefined;
}

/** The plan for a channel: its decoding, and the reason why a better one is impossible. */
export interface ChannelPlan {
  /** The columns. `undefined` if the messages are omitted. */
  readonly columns: ChannelColumns | undefined;
  readonly problem: string | undefined;
  /** Makes the columns for messages that cannot be decoded. `undefined` if they are omitted. */
  readonly makeRaw: (() => ChannelColumns) | undefined;
}

/**
 * Chooses the decoding of a channel's messages, for which {@link loadProtobufFor} was called.
 *
 * @param onLoss receives the later losses of its messages
 */
export function planChannel(
  channel: McapChannel,
  schema: McapSchema | undefined,
  decoders: ReadonlySet<McapDecoder>,
  hasRawFallback: boolean,
  onLoss: (reason: string) => void,
): ChannelPlan {
  const makeRaw = decoders.has("raw") && hasRawFallback ? rawColumns : undefined;
  let problem: string | undefined;
  try {
    const columns = decodedColumns(channel, schema, decoders, onLoss);
    if (columns !== undefined && nestingOf(columns.rows) > MAX_NESTING)
      throw new RerunError("UNSUPPORTED", `the messages have more than ${MAX_NESTING} levels`);
    if (columns !== undefined) return { columns, problem: undefined, makeRaw };
  } catch (error) {
    problem = messageOf(error);
  }
  return { columns: makeRaw?.(), problem, makeRaw };
}

/** The structured form of a channel, or `undefined` if no chosen decoder has one. */
function decodedColumns(
  { messageEncoding }: McapChannel,
  schema: McapSchema | undefined,
  decoders: ReadonlySet<McapDecoder>,
  onLoss: (reason: string) => void,
): ChannelColumns | undefined {
  if (messageEncoding === "cdr" && schema?.encoding === "ros2msg") return ros2Columns(schema, decoders);
  if (messageEncoding === "ros1" && schema?.encoding === "ros1msg" && decoders.has("ros1")) return ros1Columns(schema);
  if (messageEncoding === "protobuf" && decoders.has("protobuf")) {
    if (schema === undefined || schema.encoding !== "protobuf")
      throw new RerunError("UNSUPPORTED", "the channel has no protobuf schema");
    return structured(
      protobufColumns(schema.name, schema.data),
      schema.name,
      foxgloveMapping(schema, decoders),
      FOXGLOVE,
    );
  }
  if (messageEncoding === "json" && decoders.has("json")) {
    const isTyped = schema?.encoding === "jsonschema";
    const name = schema === undefined || schema.name === "" ? "json" : schema.name;
    const known = schema === undefined ? undefined : foxgloveMapping(schema, decoders);
    const mapping = name === RERUN_SCALARS ? mapRerunScalars : known;
    return structured(jsonColumns(isTyped ? schema.data : undefined, onLoss), name, mapping, FOXGLOVE);
  }
  return undefined;
}

const FOXGLOVE = { timeline: "timestamp", paths: ["timestamp"] };
const ROS2 = { timeline: "ros2_timestamp", paths: ["header.stamp", "stamp"] };
const ROS1 = { timeline: "ros1_timestamp", paths: ["header.stamp", "stamp"] };

function ros2Columns(schema: McapSchema, decoders: ReadonlySet<McapDecoder>): ChannelColumns | undefined {
  const mapping = decoders.has("ros2msg") ? ROS_MAPPINGS[schema.name] : undefined;
  if (!decoders.has("ros2_reflection") && mapping?.isAlone !== true) return undefined;
  const columns = mappedColumns(schema, "cdr", mapping);
  return structured(
    columns,
    schema.name.replaceAll("/", "."),
    mapping?.map,
    mapping?.hasNoStamp === true ? undefined : ROS2,
  );
}

function ros1Columns(schema: McapSchema): ChannelColumns {
  const name = /^[^/]+\/[^/]+$/.test(schema.name) ? schema.name.replace("/", "/msg/") : schema.name;
  const mapping = ROS_MAPPINGS[name];
  const columns = mappedColumns(schema, "ros1", mapping);
  return structured(columns, name.replaceAll("/", "."), mapping?.map, mapping?.hasNoStamp === true ? undefined : ROS1);
}

/** The columns that a mapping uses, or those of all fields if the mapping cannot use this schema. */
function mappedColumns(schema: McapSchema, format: WireFormat, mapping: RosMapping | undefined): MessageColumns {
  const columns = (unused?: readonly string[]): MessageColumns =>
    rosColumns(schema.name, new TextDecoder().decode(schema.data), format, unused);
  if (mapping?.unused === undefined) return columns();
  const some = columns(mapping.unused);
  try {
    mapping.map(some.rows, () => undefined);
    return some;
  } catch {
    return columns();
  }
}

function foxgloveMapping({ name }: McapSchema, decoders: ReadonlySet<McapDecoder>): Mapping | undefined {
  return decoders.has("foxglove") && Object.hasOwn(FOXGLOVE_MAPPINGS, name) ? FOXGLOVE_MAPPINGS[name] : undefined;
}

/** Messages with a mapping, or else as structs. Messages of Foxglove without a mapping have no separate timeline. */
function structured(
  columns: MessageColumns,
  name: string,
  mapping: Mapping | undefined,
  stamps: ChannelColumns["stamps"],
): ChannelColumns {
  const asStruct: Mapping = (messages) => [
    { components: [ownComponent(name, `${name}:message`, onePerRow(messages.toData()))] },
  ];
  const own = mapping === undefined && stamps === FOXGLOVE ? undefined : stamps;
  return { ...columns, map: mapping ?? asStruct, fallback: asStruct, stamps: own };
}

/** Messages as they are. */
function rawColumns(): ChannelColumns {
  const data = new BytesColumn(false);
  const rows = new StructColumn([{ name: "data", column: data }]);
  const map: Mapping = () => [
    {
      components: [
        ownComponent(
          "rerun.archetypes.McapMessage",
          "McapMessage:data",
          onePerRow(blobData({ offsets: data.offsets, bytes: data.bytes.values as Uint8Array })),
          "Blob",
        ),
      ],
    },
  ];
  const push = (bytes: Uint8Array, start: number, end: number): void => {
    data.pushBytes(bytes, start, end);
    rows.end();
  };
  return { rows, push, map, fallback: map, stamps: undefined };
}

/** The times in messages, with their timeline. `undefined` if there are none. */
export type Stamps = (FieldTimes & { readonly timeline: string }) | undefined;

/** The times in the messages of a channel. */
export function stampsOf({ rows, stamps }: ChannelColumns): Stamps {
  for (const path of stamps?.paths ?? []) {
    const times = timesAt(rows, path);
    if (stamps !== undefined && times !== undefined) return { timeline: stamps.timeline, ...times };
  }
  return undefined;
}
