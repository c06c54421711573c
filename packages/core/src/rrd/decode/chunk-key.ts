import { forEachField, readVarint } from "../../protobuf/reader.ts";
import { LENGTH_DELIMITED } from "../../protobuf/varint.ts";

/** The place of a chunk in the file of its layer, with the header of its message. */
export interface ChunkPlace {
  readonly offset: number;
  readonly length: number;
  /** The entity tag of the file when it was registered, with its quotation marks. `undefined` if it is unknown. */
  readonly etag: string | undefined;
}

/** Fields of `ChunkKey`. Source: cloud.proto. */
const [KIND, LOCATION, ETAG] = [2, 3, 4];
/** Fields of `RrdChunkLocation`. Source: cloud.proto. */
const [OFFSET, LENGTH] = [2, 3];
/** `DataSourceKind` of `.rrd` files. */
const RRD = 1;

/** Reads the place of a chunk from its key. Returns `undefined` for keys of other kinds, which are opaque. */
export function readChunkKey(key: Uint8Array): ChunkPlace | undefined {
  let kind = 0;
  let etag: string | undefined;
  let offset: number | undefined;
  let length: number | undefined;
  try {
    forEachField(key, 0, key.length, ({ number, wireType, start, end }) => {
      if (number === KIND && wireType === 0) kind = readVarint(key, start, end);
      else if (number === ETAG && wireType === LENGTH_DELIMITED)
        etag = new TextDecoder().decode(key.subarray(start, end)).trim();
      else if (number === LOCATION && wireType === LENGTH_DELIMITED)
        forEachField(key, start, end, (field) => {
          if (field.wireType !== 0) return;
          if (field.number === OFFSET) offset = readVarint(key, field.start, field.end);
          else if (field.number === LENGTH) length = readVarint(key, field.start, field.end);
        });
    });
  } catch {
    return undefined;
  }
  if (kind !== RRD || offset === undefined || length === undefined) return undefined;
  return { offset, length, etag };
}
