// A camera with an image, which looks at a box.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("pinhole");
rec.log("world", rr.ViewCoordinates.RDF, { static: true });
rec.log("world/box", new rr.Boxes3D({ halfSizes: [0.5, 0.5, 0.5], centers: [0, 0, 3], colors: "orange" }));
rec.log("world/camera", new rr.Pinhole({ focalLength: 400, width: 400, height: 300, imagePlaneDistance: 1 }));
const data = Uint8Array.from({ length: 400 * 300 * 3 }, (_, i) => (i % 1200) / 5);
rec.log("world/camera/image", new rr.Image({ data, width: 400, height: 300 }));
