import { openRrd } from "@rerun-ts/reading";

const input = document.querySelector("input");
input?.addEventListener("change", () => void show(input.files?.[0]));

async function show(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  const table = await (await openRrd(file)).recording().query({ index: "frame" }).toTable();
  document.body.append(String(table.numRows));
}
