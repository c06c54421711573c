import { annexBConverter, type VideoCodec } from "@rerun-ts/types/media";

/**
 * A frame in the form that viewers need. If the encoder puts parameter sets into a description, as WebKit does, the
 * frame is converted to Annex B. Otherwise it stays unchanged.
 */
export function toAnnexB(
  codec: VideoCodec,
  frame: Uint8Array<ArrayBuffer>,
  isKeyframe: boolean,
  description: Uint8Array | undefined,
): Uint8Array<ArrayBuffer> {
  if (description === undefined || (codec !== "H264" && codec !== "H265")) return frame;
  return annexBConverter(codec, description)(frame, isKeyframe);
}
