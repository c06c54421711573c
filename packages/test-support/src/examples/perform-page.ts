import type { Locator, Page } from "@playwright/test";
import { exportMcap } from "@rerun-ts/mcap";
import {
  Image,
  LineStrips2D,
  LineStrips3D,
  Points2D,
  Points3D,
  RecordingStream,
  Scalars,
  TextLog,
} from "@rerun-ts/node";
import type { Vec3Like } from "@rerun-ts/types";

const TIMEOUT_MS = 120_000;
const POLL_MS = 50;
const MOVES = 120;

/** The actions of a user on the page of each example, so that there is something to see. */
const PERFORMANCES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  minimal: (page) => untilLogged(page, 150),

  async mouse(page) {
    const box = await page.locator("body > canvas").boundingBox();
    if (box === null) throw new Error("the page has no field to move over");
    // A busy browser merges several moves into one.
    for (let move = 0; move < MOVES || (await rowsLogged(page)) < 3 * MOVES; move++) {
      const angle = (move / MOVES) * 4 * Math.PI;
      const [x, y] = [0.5 + 0.4 * Math.cos(angle), 0.5 + 0.3 * Math.sin(angle * 1.5)];
      await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
    }
  },

  canvas: (page) => untilLogged(page, 40),

  async worker(page) {
    await untilLogged(page, 100);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "has stopped" }).waitFor({ timeout: TIMEOUT_MS });
  },

  points: (page) => untilLogged(page, 200),

  viewer: (page) => untilLogged(page, 45),

  webcam: (page) => untilLogged(page, 40),

  async game(page) {
    await untilLogged(page, 30);
    await page.locator("body > canvas").hover();
    await untilLogged(page, 60);
  },

  async offline(page) {
    const move = async (from: number): Promise<void> => {
      for (let at = from; at < from + MOVES; at++) {
        const angle = (at / MOVES) * Math.PI;
        await page.mouse.move(300 + 200 * Math.cos(angle), 250 + 100 * Math.sin(2 * angle));
      }
    };
    await move(0);
    const { rows } = { rows: await rowsLogged(page) };
    await page.context().setOffline(true);
    await move(MOVES);
    await untilLogged(page, rows + 1);
    await page.context().setOffline(false);
    await page.getByText("Everything was sent.").waitFor({ timeout: TIMEOUT_MS });
  },

  async recorder(page) {
    await page.mouse.move(100, 200);
    await page.mouse.move(100 + MOVES, 200, { steps: MOVES });
    await untilLogged(page, MOVES / 4);
  },

  async "report-a-problem"(page) {
    await untilLogged(page, 400);
    await page.getByRole("button", { name: "Block the road" }).click();
    await page.getByText("Something went wrong").waitFor({ timeout: TIMEOUT_MS });
  },

  async react(page) {
    const slider = page.locator("input[type=range]");
    for (const frequency of [5, 8, 4]) {
      await untilLogged(page, (await rowsLogged(page)) + 20);
      await slider.fill(String(frequency));
    }
    await untilLogged(page, (await rowsLogged(page)) + 20);
  },

  async pick(page) {
    await clickInViewer(page, page.locator("#row table"));
  },

  async arm(page) {
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText("Connected.").waitFor({ timeout: TIMEOUT_MS });
    // A block is in front of the arm.
    await clickInViewer(page, page.getByText("To /space/"), 0.66);
  },

  three: (page) => untilLogged(page, 400),

  workers: (page) => untilLogged(page, 100),

  async query(page) {
    await untilLogged(page, 800);
    await page.locator("#summary td").first().waitFor({ timeout: TIMEOUT_MS });
  },

  async inspect(page) {
    const recording = new RecordingStream("robot", { recordingId: "walk" });
    const memory = recording.memoryRecording();
    const positionAt = (frame: number): Vec3Like => [Math.cos(frame / 30), Math.sin(frame / 30), frame / 100];
    const track = Array.from({ length: 200 }, (_, frame) => positionAt(frame));
    recording.log("robot/track", new LineStrips3D([track], { radii: 0.02, colors: [0x60a0e0ff] }), { static: true });
    // More than a megabyte, as files of users are.
    const noise = (at: number): number => (at % 3 === 1 ? 0 : Math.random() * 256);
    const pixels = new Uint8Array(700 * 1200 * 3).map((_, at) => (at < 1_200_000 ? noise(at) : at % 3 === 1 ? 0 : 255));
    recording.log("camera", new Image({ data: pixels, width: 700, height: 1200 }), { static: true });
    for (let frame = 0; frame < 200; frame++) {
      recording.setTime("frame", frame);
      recording.log("robot/height", new Scalars(1 + Math.sin(frame / 20) / 4));
      recording.log("robot/position", new Points3D([positionAt(frame)], { radii: 0.1 }));
      if (frame % 20 === 0) recording.log("robot/log", new TextLog(`step ${frame / 20}`));
    }
    const buffer = Buffer.from(memory.drainAsBytes());
    const file = { name: "robot.rrd", mimeType: "application/x-rerun", buffer };
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByText("200 rows").waitFor({ timeout: TIMEOUT_MS });
  },

  async catalog(page) {
    const recording = new RecordingStream("rides", { recordingId: "monday" });
    const memory = recording.memoryRecording();
    const placeAt = (step: number): [number, number] => [Math.cos(step / 30) * 3, Math.sin(step / 20)];
    const track = Array.from({ length: 200 }, (_, step) => placeAt(step));
    recording.log("track", new LineStrips2D([track], { radii: 0.06, colors: [0xff00ffff] }), { static: true });
    for (let step = 0; step < 200; step++) {
      recording.setTime("step", step);
      recording.log("vehicle", new Points2D([placeAt(step)], { radii: 0.25, colors: [0x2060a0ff] }));
      recording.log("speed", new Scalars(10 + 3 * Math.sin(step / 20)));
      if (step % 2 === 0) recording.log("battery", new Scalars(12 - step / 100));
    }
    const buffer = Buffer.from(memory.drainAsBytes());
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByText("There is no dataset yet").waitFor({ timeout: TIMEOUT_MS });
    await page.evaluate(
      (bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], "monday.rrd"));
        document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: data }));
      },
      [...buffer],
    );
    await page.getByText("200 rows of monday").waitFor({ timeout: TIMEOUT_MS });
  },

  async mcap(page) {
    const recording = new RecordingStream("robot", { recordingId: "drive" });
    const memory = recording.memoryRecording();
    for (let frame = 0; frame < 60; frame++) {
      recording.setTime("time", { timestamp: new Date(1_700_000_000_000 + frame * 100) });
      const angleOf = (point: number): number => point / 40 + frame / 20;
      const points = Array.from({ length: 6000 }, (_, point): [number, number, number] => {
        const radius = 2 + Math.sin(point / 900 + frame / 10) / 2;
        return [radius * Math.cos(angleOf(point)), radius * Math.sin(angleOf(point)), point / 4000];
      });
      recording.log("lidar", new Points3D(points, { colors: [0xe04080ff] }));
      recording.log("speed", new Scalars([Math.sin(frame / 8), Math.cos(frame / 5)]));
      if (frame % 10 === 0) recording.log("rosout", new TextLog(`waypoint ${frame / 10}`, { level: "INFO" }));
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of exportMcap(memory.drainAsBytes(), { timeline: "time" })) pieces.push(piece);
    const file = { name: "drive.mcap", mimeType: "application/octet-stream", buffer: Buffer.concat(pieces) };
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByText("All messages of 3 topics").waitFor({ timeout: TIMEOUT_MS });
  },

  async sensors(page) {
    await page.getByRole("button", { name: "Start" }).tap();
    const session = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints });
    for (let move = 0; move < MOVES; move++) {
      const angle = (move / MOVES) * 2 * Math.PI;
      const [x, y] = [100 * Math.cos(angle), 100 * Math.sin(angle)];
      // Two fingers.
      const fingers = [1, -1].map((side) => ({ x: 200 + side * x, y: 500 + side * y }));
      await touch(move === 0 ? "touchStart" : "touchMove", fingers);
      await session.send("DeviceOrientation.setDeviceOrientationOverride", {
        alpha: (angle * 180) / Math.PI,
        beta: 30 * Math.sin(angle),
        gamma: 0,
      });
      await page.evaluate(shake, angle);
    }
    await touch("touchEnd", []);
    await page.evaluate(() => fetch("?requested"));
    await untilLogged(page, 4 * MOVES);
  },
};

/** Uses the page of an example as a user would; resolves when the page has logged these actions. */
export async function performPage(page: Page, example: string): Promise<void> {
  const perform = PERFORMANCES[example];
  if (perform === undefined) throw new Error(`nothing is defined to be done on the page of ${example}`);
  await perform(page);
}

/** Clicks near the middle of the viewer, at a part of its height, until the page shows an element. */
async function clickInViewer(page: Page, shown: Locator, down = 0.5): Promise<void> {
  const box = await page.locator("rerun-viewer canvas").boundingBox({ timeout: TIMEOUT_MS });
  const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
  // The viewer notices the view below the pointer a frame later. The attempts use points beside the centre, too.
  for (let attempt = 0; attempt < MOVES && !(await shown.isVisible()); attempt++) {
    const [left, top] = [x + width / 2 + 7 * (attempt % 5), y + height * down + 5 * (attempt % 7)];
    await page.mouse.move(left, top);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await page.mouse.click(left, top);
    await shown.waitFor({ timeout: 1000 }).catch(() => {});
  }
  await shown.waitFor({ timeout: TIMEOUT_MS });
}

/** The number of rows that the page reports to have logged. */
async function rowsLogged(page: Page): Promise<number> {
  return Number.parseInt((await page.locator("#status").textContent()) || "0", 10);
}

/** Waits until the page of an example reports this number of rows, or something else than rows. */
export async function untilLogged(page: Page, rows: number): Promise<void> {
  // The page itself polls: a call of Playwright takes longer than most of them.
  const options = { timeout: TIMEOUT_MS, polling: POLL_MS };
  try {
    await page.waitForFunction(hasLogged, rows, options);
  } catch (cause) {
    throw new Error(`the page has logged ${await rowsLogged(page)} of ${rows} rows`, { cause });
  }
}

/** Runs in the page. */
function hasLogged(rows: number): boolean {
  const logged = Number.parseInt(document.querySelector("#status")?.textContent || "0", 10);
  return Number.isNaN(logged) || logged >= rows;
}

/** Runs in the page: browsers on a desk have no motion, so that the event is made. */
function shake(angle: number): void {
  const acceleration = { x: Math.sin(3 * angle), y: Math.cos(2 * angle), z: 0.2 };
  const accelerationIncludingGravity = { ...acceleration, z: 9.81 };
  const rotationRate = { alpha: 3, beta: 10 * Math.cos(angle), gamma: 0 };
  const interval = 16;
  dispatchEvent(
    new DeviceMotionEvent("devicemotion", { acceleration, accelerationIncludingGravity, rotationRate, interval }),
  );
}
