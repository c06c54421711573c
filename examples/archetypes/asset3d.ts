// A pyramid as a file in the format OBJ.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("asset3d");
const corners = ["0 0 1.6", "1 1 0", "-1 1 0", "-1 -1 0", "1 -1 0"].map((corner) => `v ${corner}`);
const sides = ["1 2 3", "1 3 4", "1 4 5", "1 5 2", "2 5 4 3"].map((side) => `f ${side}`);
const blob = new TextEncoder().encode([...corners, ...sides].join("\n"));
rec.log("pyramid", new rr.Asset3D({ blob, mediaType: "model/obj", albedoFactor: "goldenrod" }));
