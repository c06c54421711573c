import { UNPACK_TEXT } from "./seven-bit-text.ts";

/** The longest time until a recording has the timeline of the wanted time, once the viewer has its bytes. */
const LOADING_MS = 10_000;
const LOOK_MS = 50;

/**
 * The script of a page with the viewer and recordings in it, a module, which runs when the whole page is there. It is
 * equal in all pages: the JSON in the element `#page` has what differs.
 */
export const PAGE_SCRIPT: string = `${UNPACK_TEXT}
(async () => {
  const { blockBytes, files, recordings, moment, panels, theme, replay } = JSON.parse(document.getElementById("page").textContent);
  const [FOLDER, WASM] = ["https://viewer.invalid/", "re_viewer_bg.wasm"];
  const status = document.getElementById("status");
  const show = (text) => { status.textContent = text; status.hidden = text === ""; };
  const blocks = document.querySelectorAll("script[type='text/plain']").values();
  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  // Lets the browser draw in between, also in a hidden page, whose timers are slow.
  const yieldToPage = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(0);
  });

  // The reason for a failure of the viewer, whose own error says nothing about it.
  let damage;
  function unpackBlock(block, byteLength) {
    try {
      const bytes = unpackText(block?.textContent ?? "", byteLength);
      // The text is no longer needed.
      block.remove();
      return bytes;
    } catch (error) {
      damage ??= error;
      throw error;
    }
  }

  // A part of this page, as a stream of its uncompressed bytes.
  function unpack({ name, packedBytes }) {
    let left = packedBytes;
    return new ReadableStream({
      async pull(controller) {
        if (left === 0) return controller.close();
        show("Unpacking " + name + ", " + Math.round(100 * (1 - left / packedBytes)) + " % …");
        await yieldToPage();
        const block = blocks.next().value;
        const bytes = unpackBlock(block, Math.min(left, blockBytes));
        left -= bytes.length;
        controller.enqueue(bytes);
      },
    }).pipeThrough(new DecompressionStream("gzip"));
  }
  // A file of the viewer: a part of this page, or at a URL, with a hash that the browser checks.
  async function load(file) {
    if (file.url === undefined) return new Response(unpack(file));
    show("Loading the viewer …");
    const response = await fetch(file.url, { integrity: file.integrity, credentials: "omit" }).catch((error) => {
      throw new Error("cannot load the viewer from " + file.url + ", or it is another file than this page was made for (" + error + ")");
    });
    if (!response.ok) throw new Error("cannot load the viewer from " + file.url + ": HTTP status " + response.status);
    return response;
  }
  // The viewer fetches files from the URLs of a server that does not exist: this page answers them itself.
  const answers = new Map();
  const realFetch = globalThis.fetch.bind(globalThis);
  globalThis.fetch = (input, init) => {
    const make = answers.get(String(input?.url ?? input));
    return make === undefined ? realFetch(input, init) : make();
  };
  function answer(name, make) {
    answers.set(FOLDER + name, make);
    return FOLDER;
  }
  const moduleUrl = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

  async function canDraw() {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null || Boolean(await navigator.gpu?.requestAdapter().catch(() => null));
  }

  async function start() {
    if (typeof WebAssembly !== "object") throw new Error("this browser does not run WebAssembly, or it is turned off");
    if (typeof DecompressionStream !== "function") throw new Error("this browser is too old: it has no DecompressionStream");
    if (!(await canDraw())) throw new Error("this browser has neither WebGL 2 nor WebGPU, or they are turned off");
    const [index, bindings, wasm] = files;
    const indexText = await (await load(index)).text();
    const bindingsUrl = JSON.stringify(moduleUrl(await (await load(bindings)).text()));
    const { WebViewer } = await import(moduleUrl(indexText.replaceAll(/(["'])\\.\\/re_viewer(?:\\.js)?\\1/g, () => bindingsUrl)));
    const viewer = new WebViewer();
    await viewer.start(null, document.getElementById("viewer"), {
      base_url: answer(WASM, async () => new Response((await load(wasm)).body, {
        headers: { "content-type": "application/wasm", "rerun-final-length": String(wasm.bytes) },
      })),
      width: "100%",
      height: "100%",
      hide_welcome_screen: true,
      check_for_updates_on_startup: false,
      allow_fullscreen: true,
      ...(theme && { theme }),
    });
    if (replay) dispatchEvent(new CustomEvent("rerun-viewer", { detail: viewer }));
    for (const [panel, state] of Object.entries(panels)) viewer.override_panel_state(panel, state);
    const shown = [];
    for (const [index, recording] of recordings.entries())
      shown.push(...(await open(viewer, "recording-" + (index + 1) + ".rrd", recording)));
    show(await showMoment(viewer, shown));
    return viewer;
  }

  // Opens a recording. Returns the ids of its stores when the viewer has read it.
  async function open(viewer, name, recording) {
    // The whole file in one piece: the viewer would draw the part that it has after each piece.
    const file = new Uint8Array(await new Response(unpack(recording)).arrayBuffer());
    if (replay) dispatchEvent(new CustomEvent("rerun-recording", { detail: file }));
    show("Opening " + recording.name + " …");
    let folder;
    // The viewer reports a recording as open when it begins.
    const whole = new Promise((resolve) => {
      let isSent = false;
      const body = new ReadableStream({
        cancel: resolve,
        pull(controller) {
          if (!isSent) controller.enqueue(file);
          else {
            controller.close();
            resolve();
          }
          isSent = true;
        },
      }, { highWaterMark: 0 });
      folder = answer(name, async () => new Response(body, { headers: { "content-length": String(file.length) } }));
    });
    const { store_ids } = await viewer.open(folder + name);
    await whole;
    return store_ids;
  }

  // The first recording, and the wanted time in each one with its timeline. Returns what is to be said about the time.
  async function showMoment(viewer, shown) {
    // The viewer takes the data of a recording in later frames than its id.
    for (const end = performance.now() + ${LOADING_MS}; ; await later(${LOOK_MS})) {
      const { recordings: all } = await viewer.get_state();
      const opened = shown.flatMap((id) => all.find(({ store_id }) => store_id === id) ?? []);
      const having = opened.filter(({ timelines }) => timelines.some(({ name }) => name === moment?.timeline));
      if (moment !== undefined && having.length === 0 && performance.now() < end) continue;
      if (opened.length > 1) await viewer.set_location(opened[0].location);
      if (moment === undefined) return "";
      const { timeline, time } = moment;
      for (const { store_id } of having)
        await viewer.set_time({ recording: store_id, timeline, sequence: BigInt(time), play_state: "paused" });
      if (having.length > 0) return "";
      const names = new Set(opened.flatMap(({ timelines }) => timelines.map(({ name }) => name)));
      const others = names.size === 0 ? "it has none" : "it has: " + [...names].join(", ");
      return "The recording has no timeline " + JSON.stringify(timeline) + "; " + others;
    }
  }

  try {
    globalThis.viewer = await start();
    document.documentElement.dataset.state = "shown";
  } catch (error) {
    document.documentElement.dataset.state = "failed";
    show("This page cannot show its recording: " + ((damage ?? error)?.message ?? error));
  }
})();
`;
