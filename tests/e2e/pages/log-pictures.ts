// Logs images of a canvas in all encodings, each with a different colour.
import { logImageBitmap, type RecordingStream } from "@rerun-ts/web";

const COLORS = { jpeg: "#f0f", png: "#0f0", raw: "#ff0" } as const;

/** Logs images; settles when all of them are logged. */
export async function logPictures(rec: RecordingStream): Promise<void> {
  const canvas = new OffscreenCanvas(320, 200);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  const logged = Object.entries(COLORS).map(([encoding, color]) => {
    context.fillStyle = color;
    context.fillRect(0, 0, canvas.width, canvas.height);
    return logImageBitmap(rec, `picture_${encoding}`, canvas, {
      encoding: encoding as keyof typeof COLORS,
      quality: 95,
      static: true,
    });
  });
  if ((await Promise.all(logged)).includes(false)) throw new Error("an image was not logged");
}
