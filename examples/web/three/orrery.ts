// The scene: planets with stripes and a moon, a belt of stones, and a camera that circles them.
import * as THREE from "three";

const STONES = 200;

/** A scene, and what moves it. */
export interface Orrery {
  readonly scene: THREE.Scene;
  readonly camera: THREE.PerspectiveCamera;
  /** Moves everything to where it is in a frame. */
  move(this: void, frame: number): void;
}

/** Creates the scene. */
export function createOrrery(aspect: number): Orrery {
  const scene = new THREE.Scene();
  const sun = named("sun", new THREE.Mesh(ball(1.2), new THREE.MeshBasicMaterial({ color: "gold" })));
  sun.add(named("light", new THREE.PointLight("white", 80)));
  const earth = planet("earth", { distance: 3.5, radius: 0.5, colors: ["royalblue", "seagreen"] });
  const moon = planet("moon", { distance: 1, radius: 0.15, colors: ["silver", "gray"] });
  const mars = planet("mars", { distance: 5.5, radius: 0.4, colors: ["tomato", "sienna"] });
  earth.body.add(moon.orbit);
  const belt = named("belt", stones(7.5));
  const camera = named("camera", new THREE.PerspectiveCamera(50, aspect, 0.1, 100));
  scene.add(sun, earth.orbit, mars.orbit, belt, camera);
  return {
    scene,
    camera,
    move(frame) {
      earth.orbit.rotation.y = frame / 40;
      moon.orbit.rotation.y = frame / 12;
      mars.orbit.rotation.y = 2 + frame / 70;
      belt.rotation.y = frame / 200;
      camera.position.set(12 * Math.cos(frame / 150), 5, 12 * Math.sin(frame / 150));
      camera.lookAt(0, 0, 0);
    },
  };
}

interface Planet {
  readonly distance: number;
  readonly radius: number;
  readonly colors: readonly [string, string];
}

/** A planet on the circle that it follows. */
function planet(name: string, { distance, radius, colors }: Planet): { orbit: THREE.Group; body: THREE.Mesh } {
  const orbit = named(`${name} orbit`, new THREE.Group());
  const circle = Array.from({ length: 64 }, (_, at) => {
    const angle = (at / 32) * Math.PI;
    return new THREE.Vector3(distance * Math.cos(angle), 0, distance * Math.sin(angle));
  });
  const line = new THREE.BufferGeometry().setFromPoints(circle);
  const map = stripes(colors);
  const body = named(name, new THREE.Mesh(ball(radius), new THREE.MeshStandardMaterial({ map })));
  body.position.x = distance;
  orbit.add(named("path", new THREE.LineLoop(line, new THREE.LineBasicMaterial({ color: colors[0] }))), body);
  return { orbit, body };
}

/** Stones in a ring: one mesh, drawn many times. */
function stones(distance: number): THREE.InstancedMesh {
  const material = new THREE.MeshStandardMaterial({ color: "tan" });
  const mesh = new THREE.InstancedMesh(new THREE.IcosahedronGeometry(0.12), material, STONES);
  const place = new THREE.Object3D();
  for (let stone = 0; stone < STONES; stone++) {
    const angle = (stone / STONES) * 2 * Math.PI;
    const radius = distance + 0.5 * Math.sin(stone * 7);
    place.position.set(radius * Math.cos(angle), 0.3 * Math.sin(stone * 3), radius * Math.sin(angle));
    place.scale.setScalar(0.6 + 0.5 * Math.sin(stone * 5));
    place.updateMatrix();
    mesh.setMatrixAt(stone, place.matrix);
  }
  return mesh;
}

function stripes([light, dark]: readonly [string, string]): THREE.Texture {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 64];
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  for (let stripe = 0; stripe < 8; stripe++) {
    context.fillStyle = stripe % 2 === 0 ? light : dark;
    context.fillRect(0, stripe * 8, 64, 8);
  }
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  return texture;
}

function ball(radius: number): THREE.SphereGeometry {
  return new THREE.SphereGeometry(radius, 32, 16);
}

function named<T extends THREE.Object3D>(name: string, object: T): T {
  object.name = name;
  return object;
}
