// In this space x points to the right, y down and z forward, as in images: the box is drawn upright.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("view_coordinates");
rec.log("/", new rr.ViewCoordinates("RDF"), { static: true });
rec.log(
  "tower",
  new rr.Boxes3D({ halfSizes: [0.5, 2, 0.5], centers: [0, -2, 4], colors: "orange", fillMode: "Solid" }),
);
rec.log("floor", new rr.Boxes3D({ halfSizes: [3, 0.05, 3], centers: [0, 0, 4], colors: "dimgray", fillMode: "Solid" }));
