import { arrowTypeKey, fieldKey, type ArrowField, type ArrowType } from "../../arrow/arrow-type.ts";
import { encodeSchema } from "../../arrow/schema.ts";
import { getOrAdd } from "../../collections/get-or-add.ts";
import { compareStrings } from "../../collections/compare-strings.ts";
import { compareDescriptors } from "../../batch/logged-chunk.ts";
import type { ComponentDescriptor } from "../../batch/component.ts";
import { sha256 } from "../../hash/sha256.ts";
import type { Timeline } from "../../time/timeline.ts";
import type { ChunkManifest, EncodedMessage, ManifestComponent, StoreId } from "./encoded-message.ts";
import { componentField, rowIdField, timelineField } from "./chunk-schema.ts";
import { ManifestRows, type ManifestColumnKey } from "./manifest-rows.ts";
import { findConflict, schemaColumnName } from "./manifest-names.ts";
import { ProtobufWriter } from "../../protobuf/writer.ts";
import { encodeStoreId } from "./store-id.ts";

/** The archetype whose components clear others. */
const CLEAR = "rerun.archetypes.Clear";
const IS_EMPTY = ["rerun:is_semantically_empty", "true"] as const;
const IS_STATIC = ["rerun:is_static", "true"] as const;
const IS_TOMBSTONE = ["rerun:is_tombstone", "true"] as const;
/** About the memory of a column of the schema while the footer is made. In the file it takes less than half of that. */
const COLUMN_BYTES = 400;
/** The marker at the end of an Arrow IPC stream. */
const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** A component of one entity: a field of the manifest's schema. */
interface SchemaColumn {
  readonly descriptor: ComponentDescriptor;
  readonly arrow: ArrowType;
  isStatic: boolean;
  isEmpty: boolean;
}

/**
 * Builds the manifest of one store: a table of its chunks, and the schema of all its columns. Readers of a file use it
 * to find chunks without reading the file.
 *
 * Each chunk is added when it is written, and takes some 100 bytes. The writer calls `finish` once, at the end.
 * `byteLength` is cheap, so a writer can check it for each chunk and stop before the manifest exceeds its limit.
 */
export class ManifestBuilder {
  readonly #storeId: StoreId;
  readonly #rows = new ManifestRows();
  readonly #timelines = new Map<string, Timeline>();
  /** The columns of each entity. */
  readonly #columns = new Map<string, SchemaColumn[]>();
  #columnCount = 0;
  readonly #components = new Map<string, ManifestColumnKey>();
  /** The keys of descriptors that were seen before: most rows share theirs. */
  readonly #known = new WeakMap<ComponentDescriptor, ManifestColumnKey>();

  constructor(storeId: StoreId) {
    this.#storeId = storeId;
  }

  /** The approximate number of bytes of the manifest while it is finished. */
  get byteLength(): number {
    return this.#rows.byteLength(this.#timelines.size, this.#components.size) + this.#columnCount * COLUMN_BYTES;
  }

  /** Two timelines that Rerun cannot tell apart in this manifest. */
  get conflict(): readonly [string, string] | undefined {
    const descriptors = [...this.#components.values()].map(({ descriptor }) => descriptor);
    return findConflict([...this.#timelines.keys()], descriptors);
  }

  /** Adds a chunk, whose payload begins at `offset` in the stream. */
  add(message: EncodedMessage, manifest: ChunkManifest, offset: number): void {
    const { isStatic } = message;
    for (const timeline of manifest.timelines) this.#timelines.set(timeline.name, timeline);
    const keys = manifest.components.map((component) => this.#addComponent(manifest.entityPath, component, isStatic));
    this.#rows.add(message, manifest, keys, offset);
  }

  /** Encodes the manifest as `rerun.log_msg.v1alpha1.RrdManifest`. */
  finish(): ProtobufWriter {
    const schema = encodeSchema(this.#schemaFields(), []);
    const components = [...this.#components.values()].sort((a, b) => compareDescriptors(a.descriptor, b.descriptor));
    return new ProtobufWriter()
      .bytes(1, encodeStoreId(this.#storeId))
      .message(2, new ProtobufWriter().bytes(1, schema, END_OF_STREAM))
      .bytes(3, sha256(schema))
      .message(4, this.#rows.finish(this.#sortedTimelines(), components));
  }

  #addComponent(entityPath: string, component: ManifestComponent, isStatic: boolean): ManifestColumnKey {
    const { descriptor, arrow, isEmpty } = component;
    const columns = getOrAdd(this.#columns, entityPath, () => []);
    const column = columns.find((other) => other.descriptor.component === descriptor.component);
    if (column === undefined) {
      columns.push({ descriptor, arrow, isStatic, isEmpty });
      this.#columnCount++;
    } else {
      column.isStatic ||= isStatic;
      column.isEmpty &&= isEmpty;
    }
    return getOrAdd(this.#known, descriptor, () => this.#keyOf(descriptor));
  }

  #keyOf(descriptor: ComponentDescriptor): ManifestColumnKey {
    const { archetype, component, componentType } = descriptor;
    const text = `${archetype ?? ""}\n${component}\n${componentType ?? ""}`;
    return getOrAdd(this.#components, text, () => ({ descriptor, index: this.#components.size }));
  }

  #schemaFields(): ArrowField[] {
    const fields = [rowIdField(false), ...this.#sortedTimelines().map((timeline) => timelineField(timeline, false))];
    const known = new Map<ComponentDescriptor, Map<ArrowType, ArrowField>>();
    const equal = new Map<string, ArrowField>();
    for (const [entityPath, columns] of this.#columns) {
      for (const { descriptor, arrow, isStatic, isEmpty } of columns) {
        // Entities share these objects, so that the schema contains each of them once.
        const byType = getOrAdd(known, descriptor, () => new Map<ArrowType, ArrowField>());
        const {
          nullable,
          type,
          metadata = [],
        } = getOrAdd(byType, arrow, () => {
          const field = componentField(descriptor, arrow);
          return getOrAdd(equal, fieldKey(field), () => field);
        });
        const all = [["rerun:entity_path", entityPath] as const, ...metadata];
        if (isEmpty) all.push(IS_EMPTY);
        if (isStatic) all.push(IS_STATIC);
        if (descriptor.archetype === CLEAR) all.push(IS_TOMBSTONE);
        fields.push({ name: schemaColumnName(entityPath, descriptor.component), nullable, type, metadata: all });
      }
    }
    // Rerun hashes the schema sorted by name. Since this schema is written in the same order, the hash of its bytes is
    // that hash.
    return fields.sort(
      (a, b) => compareStrings(a.name, b.name) || compareStrings(arrowTypeKey(a.type), arrowTypeKey(b.type)),
    );
  }

  #sortedTimelines(): Timeline[] {
    return [...this.#timelines.values()].sort((a, b) => compareStrings(a.name, b.name));
  }
}
