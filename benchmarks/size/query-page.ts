import { openRrd } from "@rerun-ts/arrow";

const input = document.querySelector("input");
input?.addEventListener("change", async () => {
  const [file] = input.files ?? [];
  if (file === undefined) return;
  const table = await (await openRrd(file)).recording().query({ index: "frame" }).toTable();
  document.body.append(String(table.numRows));
});
