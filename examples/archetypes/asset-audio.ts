// A chirp of two seconds that rises from 200 to 800 Hz, as a WAV file of 16-bit samples.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("asset_audio");
const [rate, samples] = [8000, 16_000];
const wave = Int16Array.from({ length: samples }, (_, i) => 20_000 * Math.sin((i / rate) * (1250 + 0.12 * i)));
const text = (value: string): number[] => Array.from(value, (letter) => letter.charCodeAt(0));
const header = new DataView(new ArrayBuffer(44));
text("RIFF....WAVEfmt ....................data").forEach((byte, i) => header.setUint8(i, byte));
header.setUint32(4, 36 + wave.byteLength, true);
header.setUint32(16, 16, true); // the size of the description that follows
header.setUint16(20, 1, true); // PCM
header.setUint16(22, 1, true); // one channel
header.setUint32(24, rate, true);
header.setUint32(28, 2 * rate, true);
header.setUint16(32, 2, true);
header.setUint16(34, 16, true);
header.setUint32(40, wave.byteLength, true);
rec.setTime("time", { duration: 0 });
rec.log("chirp", await rr.AssetAudio.fromBlob(new Blob([header, wave], { type: "audio/wav" })));
