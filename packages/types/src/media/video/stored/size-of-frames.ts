import { RerunError } from "@rerun-ts/core";

/** The largest number of 16 bits. */
export const MAX_UINT16 = 0xffff;

/** A size in pixels. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size of all frames, from the first size and a further one.
 *
 * @throws {RerunError} `INVALID_FORMAT` if a size is impossible, `UNSUPPORTED` if they differ
 */
export function sameSize<Size extends FrameSize>(known: FrameSize | undefined, size: Size): Size {
  for (const side of [size.width, size.height])
    if (!(side >= 1 && side <= MAX_UINT16))
      throw new RerunError("INVALID_FORMAT", `its size is damaged: ${size.width}×${size.height} pixels`);
  if (known !== undefined && (known.width !== size.width || known.height !== size.height))
    throw new RerunError(
      "UNSUPPORTED",
      `its size changes from ${known.width}×${known.height} to ${size.width}×${size.height} pixels`,
    );
  return size;
}
