import type { EncodedMessage, Sink } from "@rerun-ts/core";
import { checkObject, messageOf } from "@rerun-ts/core/checks";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import { decodeMessage } from "@rerun-ts/core/rrd";
import { MappedSink } from "@rerun-ts/core/transport";
import { Chunk, chunkDataOf } from "../reading/chunk.ts";
import { chunkMessage } from "../sending/chunk-message.ts";
import { ChunkData } from "../store/chunk-data.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import { SharedFields } from "../store/shared-fields.ts";
import { prepareLenses, type ApplyLenses } from "./derive.ts";
import type { DeriveOptions, Lens, Lenses, LensInput } from "./lens.ts";

/**
 * Applies lenses to data as it is logged, and sends their results to a sink. Only chunks with a component that a lens
 * reads are decoded. With the option `output` the sink gets less of the data itself, by default it gets all. If a lens
 * fails, there is a warning, and the chunk is sent as it is.
 *
 * @throws {TypeError} if a lens or an option is wrong
 * @throws {RerunError} `INVALID_ARGUMENT` if `sink` is none
 * @example
 * const accel: Lens = { from: "Imu:accel", value: "y", to: "/plots/accel_y", as: rr.Scalars };
 * await rec.setSinks([new rr.FileSink("robot.rrd"), lens(new rr.GrpcSink(), accel)]);
 */
export function lens<Value = LensInput>(sink: Sink, lenses: Lenses<Value>, options: DeriveOptions = {}): Sink {
  checkObject(options);
  const { output = "all" } = options;
  const apply = prepareLenses("lens", lenses, { ...options, output });
  // Only the caller knows the type of the instances.
  const all = [lenses].flat() as unknown as readonly Lens<never>[];
  return new LensSink(sink, all, apply, output);
}

class LensSink extends MappedSink {
  readonly #lenses: readonly Lens<never>[];
  readonly #read: ReadonlySet<string>;
  readonly #apply: ApplyLenses;
  readonly #output: string;
  readonly #schemas = new SchemaCache(new SharedFields());

  constructor(sink: Sink, lenses: readonly Lens<never>[], apply: ApplyLenses, output: string) {
    super("lens", sink);
    this.#lenses = lenses;
    this.#read = new Set(lenses.map(({ from }) => from));
    this.#apply = apply;
    this.#output = output;
  }

  protected isLike(other: MappedSink): boolean {
    return (
      other instanceof LensSink &&
      other.#output === this.#output &&
      other.#lenses.length === this.#lenses.length &&
      other.#lenses.every((each, index) => each === this.#lenses[index])
    );
  }

  protected map(message: EncodedMessage): readonly EncodedMessage[] {
    const { kind, manifest, storeId } = message;
    if (kind !== "chunk" || manifest === undefined || storeId.kind === "blueprint") return [message];
    const isRead = manifest.components.some(({ descriptor }) => this.#read.has(descriptor.component));
    if (!isRead && this.#output !== "derived") return [message];
    try {
      return isRead ? this.#derive(message) : [];
    } catch (error) {
      this.context?.onWarning(`a lens failed, and the data is sent as it is: ${messageOf(error)}`);
      return [message];
    }
  }

  #derive(message: EncodedMessage): readonly EncodedMessage[] {
    const decoded = decodeMessage("chunk", message.payload) as ChunkMessage;
    const chunk = new Chunk(ChunkData.read(decoded.readArrow(), this.#schemas));
    const made = this.#apply(chunk).map((each) =>
      each === chunk ? message : chunkMessage(chunkDataOf(each), message.storeId),
    );
    if (this.takesBuffers && !made.includes(message)) this.context?.recycle(message.payload);
    return made;
  }
}
