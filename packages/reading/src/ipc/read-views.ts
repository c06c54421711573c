import { RerunError } from "@rerun-ts/core";

const WIDTH = 16;
/** The longest value that fits inside its view. */
const MAX_INLINE = 12;
/** The allowed growth of an array, as a multiple of its size, because views may share bytes. */
const MAX_GROWTH = 256;

/**
 * Makes offsets and bytes of views. Source: Arrow's columnar format, "Variable-size Binary View Layout".
 * @throws {RerunError} `INVALID_FORMAT` if a view is wrong, `UNSUPPORTED` if far too many views share bytes
 */
export function readViews(
  views: Uint8Array,
  buffers: readonly Uint8Array[],
  length: number,
  isNull: (row: number) => boolean,
): readonly [offsets: Int32Array, bytes: Uint8Array] {
  const view = new DataView(views.buffer, views.byteOffset, views.byteLength);
  const offsets = new Int32Array(length + 1);
  const stored = buffers.reduce((sum, { byteLength }) => sum + byteLength, views.byteLength);
  let total = 0;
  for (let row = 0; row < length; row++) {
    const size = isNull(row) ? 0 : view.getInt32(row * WIDTH, true);
    total += size;
    if (size < 0) throw new RerunError("INVALID_FORMAT", "an Arrow view has a negative length");
    if (total > Math.min(stored * MAX_GROWTH, 2 ** 31 - 1))
      throw new RerunError("UNSUPPORTED", `the views of an Arrow array have more than ${total} bytes`);
    offsets[row + 1] = total;
  }
  const bytes = new Uint8Array(total);
  for (let row = 0; row < length; row++) {
    const start = offsets[row] as number;
    const size = (offsets[row + 1] as number) - start;
    bytes.set(valueOf(view, row * WIDTH, size, views, buffers), start);
  }
  return [offsets, bytes];
}

function valueOf(
  view: DataView,
  at: number,
  size: number,
  views: Uint8Array,
  buffers: readonly Uint8Array[],
): Uint8Array {
  if (size <= MAX_INLINE) return views.subarray(at + 4, at + 4 + size);
  const start = view.getInt32(at + 12, true);
  const value = buffers[view.getInt32(at + 8, true)]?.subarray(start, start + size);
  if (start < 0 || value?.byteLength !== size)
    throw new RerunError("INVALID_FORMAT", "an Arrow view is outside of its buffers");
  return value;
}
