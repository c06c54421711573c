import {
  RERUN_KIND,
  SORBET_ARCHETYPE_NAME,
  SORBET_COMPONENT,
  SORBET_COMPONENT_TYPE,
  SORBET_ENTITY_PATH,
  SORBET_INDEX_NAME,
} from "../metadata-keys.ts";
import type { ArrowField, ArrowType } from "../../arrow/arrow-type.ts";
import type { ChunkFacts } from "../../arrow/ipc-stream.ts";
import type { IpcMessage } from "../../arrow/ipc-messages.ts";
import { readArrowSchema, type ArrowSchema } from "../../arrow/arrow-schema.ts";
import { readStream, type ReadColumn } from "../../arrow/read-stream.ts";
import { getOrAdd } from "../../collections/get-or-add.ts";
import type { ComponentDescriptor } from "../../batch/component.ts";
import type { Tuid } from "../../batch/tuid.ts";
import { RerunError } from "../../errors/rerun-error.ts";
import { timeRange } from "../../time/time-column.ts";
import type { TimelineKind } from "../../time/timeline.ts";
import { ChunkSchemas } from "./chunk-schemas.ts";
import { isLegacySchema, modernColumnMetadata, modernSchemaMetadata } from "./legacy-schema.ts";
import { checkChunkVersion } from "./chunk-version.ts";
import { renamedComponent } from "./renamed-components.ts";
import { rangeOfRows } from "../encode/chunk-manifest.ts";
import { CHUNK_ID_KEY } from "../encode/chunk-schema.ts";
import type { ChunkManifest, ManifestComponent, ManifestRange } from "../encode/encoded-message.ts";

/** The id and the manifest of a chunk. */
export interface ManifestEntry {
  readonly chunkId: Tuid;
  readonly manifest: ChunkManifest;
}

const KINDS: Readonly<Record<string, TimelineKind>> = {
  Int64: "sequence",
  Duration: "duration",
  Timestamp: "timestamp",
};

/** The contents of a chunk's schema: all of a manifest but numbers of rows and times. */
export interface ManifestLayout {
  readonly schema: ArrowSchema;
  readonly entityPath: string;
  readonly timelines: ChunkManifest["timelines"];
  /** The positions of the columns of {@link timelines}. */
  readonly times: readonly number[];
  readonly components: readonly ComponentLayout[];
}

/** The column of a component. */
interface ComponentLayout {
  /** The position of the component among the columns. */
  readonly column: number;
  readonly descriptor: ComponentDescriptor;
  /** The type of the instances. */
  readonly arrow: ArrowType;
}

/** The last part of the newest version 0.1 of chunks that footers are known to describe. */
const NEWEST_VERSION = 4;

/** Reads the schema of a chunk. Throws as {@link readChunkManifest} does. */
export function readChunkLayout({ header }: IpcMessage): ManifestLayout {
  const schema = modernSchema(readArrowSchema(header));
  checkChunkVersion(schema.metadata, NEWEST_VERSION);
  const columns = [...schema.fields.entries()];
  const times = columns.filter(([, field]) => INDEX_KINDS.has(kindOf(field)));
  const components = columns.filter(([, field]) => DATA_KINDS.has(kindOf(field)) && !dropped.has(field));
  const entityPath = schema.metadata.get(SORBET_ENTITY_PATH);
  if (entityPath === undefined) throw new RerunError("INVALID_FORMAT", "a chunk has no entity path");
  return {
    schema,
    entityPath,
    timelines: times.map(([, field]) => ({
      name: metadataOf(field, SORBET_INDEX_NAME) ?? field.name,
      kind: KINDS[field.type.type] ?? unknownColumn(field),
    })),
    times: times.map(([column]) => column),
    components: components.map(([column, field]) => {
      if (field.type.type !== "List") unknownColumn(field);
      return { column, descriptor: descriptorOf(field), arrow: field.type.item.type };
    }),
  };
}

/**
 * Reads the manifest of a chunk from its Arrow data. The result is the same as that of `describeChunk` for a logged
 * chunk. Reads the times and the nulls of components, but not their values.
 *
 * @param layoutOf reads the message of the schema, or returns a cached layout
 * @throws {RerunError} `INVALID_FORMAT` if the data is damaged, `UNSUPPORTED` if its version or a type is unknown
 * @throws {RangeError} where the data ends early
 */
export function readChunkManifest(
  arrow: Uint8Array,
  layoutOf: (message: IpcMessage) => ManifestLayout = readChunkLayout,
): ChunkManifest {
  let layout: ManifestLayout | undefined;
  const { rows, columns } = readStream(arrow, (message) => (layout = layoutOf(message)).schema);
  const { entityPath, timelines, times, components } = layout as unknown as ManifestLayout;
  const timesOf = times.map((column) => (columns[column] as ReadColumn).buffers[1] as Uint8Array);
  const ranges = timesOf.map((bytes) => rangeOf(bytes, rows));
  return {
    entityPath,
    rows,
    uncompressedSize: arrow.byteLength,
    timelines,
    ranges,
    components: components.map((component) =>
      describeComponent(component, columns[component.column] as ReadColumn, rows, timesOf, ranges),
    ),
  };
}

/** Reads the ids and manifests of chunks. Of chunks whose schemas differ in the id alone, one schema is read. */
export class ManifestReader {
  readonly #known = new WeakMap<object, ManifestLayout>();
  readonly #layouts = new ChunkSchemas((message) => {
    const layout = readChunkLayout(message);
    const id = digitsOf(layout.schema.metadata.get(CHUNK_ID_KEY));
    return { contents: layout, id };
  });

  /**
   * The id and the manifest of a chunk.
   *
   * @param facts those of its schema, if they are known
   * @throws {RerunError} `INVALID_FORMAT` if the data is damaged, `UNSUPPORTED` if its version or a type is unknown
   */
  read(arrow: Uint8Array, facts?: ChunkFacts): ManifestEntry {
    try {
      if (facts !== undefined) return this.#readKnown(arrow, facts);
      let digits: Uint8Array | undefined;
      const manifest = readChunkManifest(arrow, (message) => {
        const known = this.#layouts.get(message);
        ({ digits } = known);
        return known.contents;
      });
      return { chunkId: chunkIdOf(latin1.decode(digits)), manifest };
    } catch (error) {
      // A read went beyond the end of the data.
      if (error instanceof RangeError) throw new RerunError("INVALID_FORMAT", "a chunk is damaged", { cause: error });
      throw error;
    }
  }

  /** Reads the schema only once for all that differ in nothing but the facts. */
  #readKnown(arrow: Uint8Array, { schema, id, entityPath }: ChunkFacts): ManifestEntry {
    const layoutOf = (message: IpcMessage): ManifestLayout =>
      getOrAdd(this.#known, schema, () => readChunkLayout(message));
    return { chunkId: parseChunkId(id), manifest: { ...readChunkManifest(arrow, layoutOf), entityPath } };
  }
}

const latin1 = /* @__PURE__ */ new TextDecoder("latin1");

function describeComponent(
  { descriptor, arrow }: ComponentLayout,
  { nullCount, buffers }: ReadColumn,
  rows: number,
  times: readonly Uint8Array[],
  ranges: readonly ManifestRange[],
): ManifestComponent {
  const [validity, offsets] = buffers as [Uint8Array, Uint8Array];
  const common = { descriptor, arrow, isEmpty: isEmpty(offsets, rows) };
  // Rerun's readers ignore the null count if there is no bitmap.
  if (nullCount <= 0 || validity.byteLength === 0) return { ...common, rows, ranges };
  const valid: number[] = [];
  for (let row = 0; row < rows; row++) if (((validity[row >> 3] as number) >> (row & 7)) & 1) valid.push(row);
  return { ...common, rows: valid.length, ranges: times.map((bytes) => rangeOfRows(bytes, valid)) };
}

/** Whether no row has an instance. */
function isEmpty(offsets: Uint8Array, rows: number): boolean {
  if (rows === 0) return true;
  const view = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength);
  return view.getInt32(0, true) === view.getInt32(rows * 4, true);
}

function rangeOf(times: Uint8Array, rows: number): ManifestRange {
  if (times.byteLength < rows * 8) throw new RerunError("INVALID_FORMAT", "a chunk has fewer times than rows");
  if (rows === 0) return { start: { lo: 0, hi: 0 }, end: { lo: 0, hi: 0 } };
  const { start, end } = timeRange(times.subarray(0, rows * 8));
  return { start, end };
}

/** The columns that Rerun drops from chunks before Rerun 0.24. Their places in a chunk stay. */
const dropped = new WeakSet<ArrowField>();

/** A schema in the form of Rerun 0.41. */
function modernSchema(schema: ArrowSchema): ArrowSchema {
  if (!isLegacySchema(schema.metadata)) return schema;
  const fields = schema.fields.map((field) => {
    const metadata = modernColumnMetadata(field.name, new Map(field.metadata));
    const modern = { ...field, metadata: metadata && [...metadata] };
    if (metadata === undefined) dropped.add(modern);
    return modern;
  });
  return { fields, metadata: modernSchemaMetadata(schema.metadata) };
}

/** Footers have the current names, because Rerun renames the components of old chunks when it loads them. */
function descriptorOf(field: ArrowField): ComponentDescriptor {
  return renamedComponent({
    archetype: metadataOf(field, SORBET_ARCHETYPE_NAME),
    component: metadataOf(field, SORBET_COMPONENT) ?? field.name,
    componentType: metadataOf(field, SORBET_COMPONENT_TYPE),
  });
}

/** Names of the kinds of columns, including those before Rerun 0.24. */
const INDEX_KINDS: ReadonlySet<string> = new Set(["index", "time"]);
const DATA_KINDS: ReadonlySet<string> = new Set(["data", "component"]);

function kindOf(field: ArrowField): string {
  return metadataOf(field, RERUN_KIND) ?? "data";
}

function metadataOf(field: ArrowField, key: string): string | undefined {
  return field.metadata?.find(([name]) => name === key)?.[1];
}

function unknownColumn({ name, type }: ArrowField): never {
  throw new RerunError("UNSUPPORTED", `the column \`${name}\` of a chunk has the unsupported type ${type.type}`);
}

/** The id in the metadata of a chunk. @throws {RerunError} `INVALID_FORMAT` if the metadata has no valid id */
export function parseChunkId(text: string | undefined): Tuid {
  return chunkIdOf(digitsOf(text));
}

/** The digits of an id: `chunk_` and 32 hexadecimal digits, the time first. */
function digitsOf(text: string | undefined): string {
  const digits = /^chunk_([0-9A-Fa-f]{32})$/.exec(text ?? "")?.[1];
  if (digits === undefined) throw new RerunError("INVALID_FORMAT", "a chunk has no id");
  return digits;
}

function chunkIdOf(digits: string): Tuid {
  const [timeHi, timeLo, incHi, incLo] = [0, 8, 16, 24].map((at) => Number.parseInt(digits.slice(at, at + 8), 16));
  return { timeHi, timeLo, incHi, incLo } as Tuid;
}
