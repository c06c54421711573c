// Downloads its recording as a page. The parameter `viewer` has the URL of the viewer's files, if there is one.
import * as rr from "@rerun-ts/web";

const viewerFiles = new URLSearchParams(location.search).get("viewer") ?? undefined;

document.querySelector("button")?.addEventListener("click", () => {
  void save();
});

async function save(): Promise<void> {
  const rec = new rr.RecordingStream("one_file", { recordingId: "from-page" });
  const data = Uint8Array.from({ length: 300 }, (_, index) => (index % 3 === 1 ? 0 : 255));
  rec.log("picture", new rr.Image({ data, width: 10, height: 10 }), { static: true });
  const result = document.querySelector("#result");
  let said = 0;
  try {
    const { bytes } = await rec.downloadHtml("run.html", { viewerFiles, onSize: (size) => (said = size) });
    if (result) result.textContent = `${bytes} of ${said} bytes`;
  } catch (error) {
    if (result) result.textContent = String(error);
  }
}
