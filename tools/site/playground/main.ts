// The playground: a program, the viewer with its recordings, and its output to the console.
import type { EncodedMessage } from "@rerun-ts/core";
import { Editor } from "./editor.ts";
import { needsPage, ProgramRun } from "./program-run.ts";
import { ReplayPane } from "./replay-pane.ts";
import { codeFragment, readFragment } from "./share.ts";
import { ShownRecordings } from "./shown-recordings.ts";
import type { ConsoleLevel } from "./run-messages.ts";
import type { PlaygroundExample } from "../examples.ts";

/** The number of lines that the console keeps. */
const MAX_LINES = 500;
const FIRST = "helix";

const query = (id: string): HTMLElement => document.querySelector(`#${id}`) as HTMLElement;
const [runButton, stopButton] = [query("run") as HTMLButtonElement, query("stop") as HTMLButtonElement];
const downloadButton = query("download") as HTMLButtonElement;
const examplesList = query("examples") as HTMLSelectElement;
const [messages, status] = [query("messages"), query("status")];

const examples = new Map<string, PlaygroundExample>();
const editor = new Editor(query("editor"), () => void start());
const recordings = new ShownRecordings(query("viewer"), (message) => write("warn", message));
const pane = new ReplayPane(query("page"), recordings);
let current: ProgramRun | undefined;
/** Counts the programs that were started, since starting one takes time. */
let starts = 0;
/** Whether the next frame shows the last line. */
let isScrolling = false;

runButton.addEventListener("click", () => void start());
stopButton.addEventListener("click", () => stop("stopped"));
downloadButton.addEventListener("click", () => recordings.save("playground.rrd"));
query("share").addEventListener("click", () => void share());
examplesList.addEventListener("change", () => (location.hash = `#example=${examplesList.value}`));
addEventListener("hashchange", () => void open());
addEventListener("pagehide", () => current?.stop());
new MutationObserver(followAppearance).observe(document.documentElement, { attributeFilter: ["class"] });
followAppearance();

await loadExamples();
await open();

/** Opens the program that the address asks for. Does not run programs from a link: their reader decides. */
async function open(): Promise<void> {
  try {
    const request = await readFragment(location.hash);
    if (request.kind === "code") {
      stop("a program from a link: read it, then run it");
      editor.code = request.code;
      return;
    }
    const name = request.kind === "example" ? request.name : FIRST;
    const example = examples.get(name);
    if (example === undefined) throw new Error(`there is no example ${name}`);
    examplesList.value = name;
    editor.code = example.code;
    if (request.kind === "example") await start();
  } catch (error) {
    status.textContent = `This link cannot be opened: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** The script in the page sets its class. */
function followAppearance(): void {
  editor.isDark = document.documentElement.classList.contains("dark");
}

async function start(): Promise<void> {
  const id = ++starts;
  stop("loading …");
  messages.textContent = "";
  downloadButton.disabled = true;
  runButton.disabled = true;
  try {
    const [program] = await Promise.all([editor.compile(), recordings.begin()]);
    if (id !== starts) return;
    for (const { line, message } of program.problems) reportFailure(message, line);
    if (program.problems.length > 0) return;
    status.textContent = "running …";
    stopButton.disabled = false;
    downloadButton.disabled = false;
    const hasPage = needsPage(program);
    pane.isOpen = hasPage;
    const events = {
      onMessage: (message: EncodedMessage): void => {
        recordings.take(message).catch((error: unknown) => reportFailure(String(error), undefined));
      },
      onConsole: write,
      onFailure: reportFailure,
      onFinished: (): void => finish(hasPage),
    };
    current = new ProgramRun(program, events, pane.element);
  } catch (error) {
    reportFailure(String(error), undefined);
  } finally {
    runButton.disabled = false;
  }
}

function finish(hasPage: boolean): void {
  if (status.textContent !== "running …") return;
  status.textContent = `finished: ${recordings.rows} rows`;
  if (!hasPage) return;
  stopButton.disabled = true;
  current?.stop();
  pane.replay().catch((error: unknown) => reportFailure(String(error), undefined));
}

function stop(text: string): void {
  current?.stop();
  current = undefined;
  pane.isOpen = false;
  stopButton.disabled = true;
  status.textContent = text;
}

function reportFailure(text: string, line: number | undefined): void {
  write("error", line === undefined ? text : `line ${line}: ${text}`);
  status.textContent = "failed";
  if (line !== undefined) editor.reveal(line);
}

function write(level: ConsoleLevel, text: string): void {
  if (messages.childElementCount >= MAX_LINES) messages.firstElementChild?.remove();
  const line = document.createElement("div");
  line.className = level;
  line.textContent = text;
  messages.append(line);
  scrollToEnd();
}

/** Shows the last line, once per frame: each scroll computes the layout, and a program may write thousands of lines. */
function scrollToEnd(): void {
  if (isScrolling) return;
  isScrolling = true;
  requestAnimationFrame(() => {
    isScrolling = false;
    messages.lastElementChild?.scrollIntoView({ block: "nearest" });
  });
}

async function share(): Promise<void> {
  const address = new URL(await codeFragment(editor.code), location.href).href;
  history.replaceState(null, "", address);
  try {
    await navigator.clipboard.writeText(address);
    status.textContent = "copied a link with this program";
  } catch {
    status.textContent = "the address of this page is now a link with this program";
  }
}

async function loadExamples(): Promise<void> {
  const all = (await (await fetch("examples.json")).json()) as readonly PlaygroundExample[];
  let group: HTMLOptGroupElement | undefined;
  for (const example of all) {
    examples.set(example.name, example);
    if (group?.label !== example.group) {
      group = document.createElement("optgroup");
      group.label = example.group;
      examplesList.append(group);
    }
    group.append(new Option(example.title, example.name));
  }
}
