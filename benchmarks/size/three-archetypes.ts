import { Boxes3D, Points3D, RecordingStream, Transform3D } from "@rerun-ts/web";

const rec = new RecordingStream("small_page");
rec.log("robot", new Transform3D({ translation: [1, 2, 3] }));
rec.log("robot/points", new Points3D([1, 2, 3]));
rec.log("robot/boxes", new Boxes3D({ halfSizes: [1, 2, 3] }));
void rec.download("robot.rrd");
