// Any JPEG, PNG or WebP that the page can fetch, or that its user selects.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("encoded_image");
const blob = await (await fetch("assets/picture.jpg")).blob();
rec.log("photo", await rr.EncodedImage.fromBlob(blob));
