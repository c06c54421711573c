/** The policy of the frame of a replay: it runs nothing, and shows nothing but inline and stored images and fonts. */
export const FRAME_POLICY: string =
  "default-src 'none'; script-src 'none'; img-src data: blob:; font-src data: blob:; style-src 'unsafe-inline'; " +
  "base-uri 'none'; form-action 'none'";

/** Makes a frame without scripts in an element of the page. Resolves to its document. */
export async function openReplayFrame(frame: HTMLIFrameElement): Promise<Document | undefined> {
  // Documents of the frame's own frames inherit both limits.
  frame.setAttribute("sandbox", "allow-same-origin");
  frame.setAttribute("referrerpolicy", "no-referrer");
  // Nobody clicks on links or types into the past.
  frame.inert = true;
  const loaded = new Promise<void>((resolve) => frame.addEventListener("load", () => resolve(), { once: true }));
  frame.srcdoc = `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}">`;
  await loaded;
  return frame.contentDocument ?? undefined;
}
