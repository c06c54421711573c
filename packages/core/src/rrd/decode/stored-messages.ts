// The messages of `.rrd` files. Source: `proto/rerun/common/v1alpha1/common.proto` and
// `proto/rerun/log_msg/v1alpha1/log_msg.proto`. Fields that nobody needs are described as well, so that damage in them
// is found.
import { MessageType, type Fixed64 } from "../../protobuf/message-type.ts";

/** `rerun.common.v1alpha1.Compression.COMPRESSION_LZ4`. */
export const COMPRESSION_LZ4 = 2;
/** `rerun.common.v1alpha1.StoreKind.STORE_KIND_BLUEPRINT`. */
export const STORE_KIND_BLUEPRINT = 2;

/** `rerun.common.v1alpha1.StoreId`. */
export interface StoredStoreId {
  readonly kind: number;
  readonly recordingId: string;
  readonly applicationId?: { readonly id: string } | undefined;
}

/** `rerun.common.v1alpha1.DataframePart`: a table as an Arrow IPC stream. */
export interface StoredTable {
  readonly payload?: Uint8Array | undefined;
  readonly compression: number;
  readonly uncompressedSize: bigint | number;
}

/** `rerun.log_msg.v1alpha1.RrdManifest`: the index of the chunks of a store. */
export interface RrdManifest {
  readonly storeId?: StoredStoreId | undefined;
  /** The columns of all chunks: an Arrow IPC stream without a batch. */
  readonly sorbetSchema?: { readonly arrowSchema?: Uint8Array | undefined } | undefined;
  /** The SHA-256 of the columns. */
  readonly sorbetSchemaSha256?: Uint8Array | undefined;
  /** A table with a row for each chunk. */
  readonly data?: StoredTable | undefined;
}

/** `rerun.log_msg.v1alpha1.RrdFooter`: the index at the end of a stream. */
export interface RrdFooter {
  /** The indexes of the stores. */
  readonly manifests: readonly RrdManifest[];
}

/** `rerun.log_msg.v1alpha1.ArrowMsg`: a chunk. */
export interface StoredChunk {
  readonly storeId: StoredStoreId | undefined;
  readonly compression: number;
  readonly uncompressedSize: number;
  readonly payload: Uint8Array;
  readonly chunkId: { readonly timeNs: Fixed64 | undefined; readonly inc: Fixed64 | undefined } | undefined;
  readonly isStatic: boolean | undefined;
}

/** `rerun.log_msg.v1alpha1.StoreSource`: the program that wrote a store. */
export interface StoredSource {
  readonly kind: number;
  /** Facts about the program, in a message that depends on the kind. */
  readonly extra: { readonly payload: Uint8Array } | undefined;
}

/** `rerun.log_msg.v1alpha1.SetStoreInfo`. */
export interface StoredInfo {
  readonly info:
    | {
        /** The application in recordings from before Rerun 0.26. */
        readonly applicationId: { readonly id: string } | undefined;
        readonly storeId: StoredStoreId | undefined;
        readonly storeSource: StoredSource | undefined;
      }
    | undefined;
}

/** `rerun.log_msg.v1alpha1.BlueprintActivationCommand`. */
export interface StoredActivation {
  readonly blueprintId: StoredStoreId | undefined;
  readonly makeActive: boolean;
  readonly makeDefault: boolean;
}

const APPLICATION_ID = /* @__PURE__ */ new MessageType({ id: [1, "string"] });
const STORE_ID = /* @__PURE__ */ new MessageType({
  kind: [1, "int32"],
  recordingId: [2, "string"],
  applicationId: [3, APPLICATION_ID],
});
const TUID = /* @__PURE__ */ new MessageType({ timeNs: [1, "fixed64?"], inc: [2, "fixed64?"] });
const DATAFRAME_PART = /* @__PURE__ */ new MessageType({
  encoderVersion: [1, "int32"],
  payload: [2, "bytes?"],
  compression: [3, "int32"],
  uncompressedSize: [4, "uint"],
});
const SCHEMA = /* @__PURE__ */ new MessageType({ arrowSchema: [1, "bytes?"] });
const ARROW_MSG = /* @__PURE__ */ new MessageType({
  storeId: [1, STORE_ID],
  compression: [2, "int32"],
  uncompressedSize: [3, "uint"],
  encoding: [4, "int32"],
  payload: [5, "bytes"],
  chunkId: [6, TUID],
  isStatic: [7, "bool?"],
});
const STORE_SOURCE_EXTRA = /* @__PURE__ */ new MessageType({ payload: [1, "bytes"] });
const STORE_SOURCE = /* @__PURE__ */ new MessageType({ kind: [1, "int32"], extra: [2, STORE_SOURCE_EXTRA] });
const STORE_VERSION = /* @__PURE__ */ new MessageType({ crateVersionBits: [1, "int32"] });
const STORE_INFO = /* @__PURE__ */ new MessageType({
  applicationId: [1, APPLICATION_ID],
  storeId: [2, STORE_ID],
  storeSource: [5, STORE_SOURCE],
  storeVersion: [6, STORE_VERSION],
});
const SET_STORE_INFO = /* @__PURE__ */ new MessageType({ rowId: [1, TUID], info: [2, STORE_INFO] });
const BLUEPRINT_ACTIVATION_COMMAND = /* @__PURE__ */ new MessageType({
  blueprintId: [1, STORE_ID],
  makeActive: [2, "bool"],
  makeDefault: [3, "bool"],
});
const RRD_MANIFEST = /* @__PURE__ */ new MessageType({
  storeId: [1, STORE_ID],
  sorbetSchema: [2, SCHEMA],
  sorbetSchemaSha256: [3, "bytes?"],
  data: [4, DATAFRAME_PART],
});
const RRD_FOOTER = /* @__PURE__ */ new MessageType({ manifests: [1, [RRD_MANIFEST]] });
const PYTHON_VERSION = /* @__PURE__ */ new MessageType({
  major: [1, "int32"],
  minor: [2, "int32"],
  patch: [3, "int32"],
  suffix: [4, "string"],
});
const CRATE_INFO = /* @__PURE__ */ new MessageType({ rustcVersion: [1, "string"], llvmVersion: [2, "string"] });
const FILE_SOURCE = /* @__PURE__ */ new MessageType({ kind: [1, "int32"] });

/** @throws {ProtobufError | TypeError} if the message is malformed. The same applies to the other functions */
export function readStoredChunk(bytes: Uint8Array): StoredChunk {
  return ARROW_MSG.read(bytes);
}

/** Reads a message to open a store. */
export function readStoredInfo(bytes: Uint8Array): StoredInfo {
  return SET_STORE_INFO.read(bytes);
}

/** Reads the last message of a blueprint. */
export function readStoredActivation(bytes: Uint8Array): StoredActivation {
  return BLUEPRINT_ACTIVATION_COMMAND.read(bytes);
}

/** Reads the payload of an end message. */
export function readStoredFooter(bytes: Uint8Array): RrdFooter {
  return RRD_FOOTER.read(bytes);
}

/** Reads the version of Python in {@link StoredSource}. */
export function readPythonVersion(bytes: Uint8Array): {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly suffix: string;
} {
  return PYTHON_VERSION.read(bytes);
}

/** Reads the version of Rust in {@link StoredSource}. */
export function readRustVersion(bytes: Uint8Array): string {
  return CRATE_INFO.read(bytes).rustcVersion;
}

/** Reads the kind of file in {@link StoredSource}. */
export function readFileKind(bytes: Uint8Array): number {
  return FILE_SOURCE.read(bytes).kind;
}
