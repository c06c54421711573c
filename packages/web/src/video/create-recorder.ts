import type { FrameRecorder, VideoTarget } from "./frame-recorder.ts";
import { ImageRecorder } from "./image-recorder.ts";
import { StreamRecorder } from "./stream-recorder.ts";
import { chooseCodec } from "./video-codec.ts";

/** Creates the recorder for frames of a size. @throws {RerunError} `UNSUPPORTED` if the browser lacks the codec */
export async function createRecorder(
  target: VideoTarget,
  size: { readonly width: number; readonly height: number },
): Promise<FrameRecorder> {
  const codec = await chooseCodec(target.options.codec, size);
  return codec === "JPEG" ? new ImageRecorder(target) : StreamRecorder.start(target, codec);
}
