import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("text_document");
const text = `# Test drive 7

| car     | start | end   |
| ------- | ----- | ----- |
| *amber* | 9:00  | 9:40  |

**All sensors** have worked, except for \`lidar2\`.`;
rec.log("notes", new rr.TextDocument(text, { mediaType: "text/markdown" }));
