import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("mcap_schema");
const data = new TextEncoder().encode("string data");
rec.log("mcap/schema", new rr.McapSchema({ id: 1, name: "std_msgs/msg/String", encoding: "ros2msg", data }));
