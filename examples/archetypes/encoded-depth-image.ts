// A PNG of 16 bits, as depth cameras store it.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("encoded_depth_image");
const blob = await (await fetch("assets/depth.png")).arrayBuffer();
rec.log("camera/depth", new rr.EncodedDepthImage(blob, { mediaType: "image/png", meter: 30_000 }));
