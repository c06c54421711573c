// A page that records itself: a list of tasks, which fills itself. When it is full, the player shows the page at the
// time of the viewer, and the viewer at that of the player. What is typed into fields is masked.
import { recordPage } from "@rerun-ts/replay";
import * as rr from "@rerun-ts/web";
import * as rrb from "@rerun-ts/web/blueprint";

const rec = new rr.RecordingStream("rerun_ts_page_replay");
rec.sendBlueprint(
  new rrb.Blueprint(
    new rrb.Horizontal([
      new rrb.TimeSeriesView({ name: "tasks", origin: "tasks" }),
      new rrb.TextLogView({ name: "console", contents: ["/logs/**", "/page/meta"] }),
    ]),
    new rrb.TimePanel({ timeline: "log_time" }),
    { collapsePanels: true },
  ),
);

document.body.innerHTML = `
  <style>body { font: 18px system-ui; margin: 16px } button, input { font: inherit } .done { text-decoration: line-through }</style>
  <h1>Tasks</h1>
  <form><input placeholder="A new task"> <button>Add</button></form>
  <ul></ul>`;
const form = document.querySelector("form") as HTMLFormElement;
const field = document.querySelector("input") as HTMLInputElement;
const list = document.querySelector("ul") as HTMLUListElement;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const task = document.createElement("li");
  task.textContent = field.value;
  task.addEventListener("click", () => task.classList.toggle("done"));
  list.append(task);
  field.value = "";
  rec.log("tasks", new rr.Scalars(list.childElementCount));
  console.info("%d tasks", list.childElementCount);
});

const page = recordPage(rec, "page");
rr.captureConsole(rec);
rr.sensors.logPointer(rec, "pointer");

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));
for (const task of ["Water the plants", "Feed the cat", "Call home"]) {
  for (const letter of task) {
    field.value += letter;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await pause();
  }
  form.requestSubmit();
}
(list.firstElementChild as HTMLElement).click();
await pause();
page.stop();
