// The scene: three carts that drive around a lake, and a camera that looks at them.
import * as THREE from "three";

const COLORS = ["tomato", "gold", "dodgerblue"] as const;
const RADIUS = 4;
const LAP_FRAMES = 300;

/** A scene, and what drives its carts. */
export interface Traffic {
  readonly scene: THREE.Scene;
  readonly camera: THREE.PerspectiveCamera;
  /** Moves the carts by a frame. Laps and accidents are written to the console. */
  drive(this: void): void;
  /** Puts a tree on the road. */
  block(this: void): void;
}

/** Creates the scene. */
export function createTraffic(aspect: number): Traffic {
  const scene = new THREE.Scene();
  const ground = mesh("ground", new THREE.CylinderGeometry(6, 6, 0.1, 48), "darkseagreen");
  const lake = mesh("lake", new THREE.CylinderGeometry(2.5, 2.5, 0.12, 48), "steelblue");
  const carts = COLORS.map((color) => mesh(`${color} cart`, new THREE.BoxGeometry(0.8, 0.5, 0.5), color));
  const tree = mesh("tree", new THREE.ConeGeometry(0.6, 1.8, 12), "darkgreen");
  tree.position.set(-RADIUS, 1, 0);
  const camera = new THREE.PerspectiveCamera(50, aspect, 0.1, 100);
  camera.name = "camera";
  camera.position.set(0, 6, 9);
  camera.lookAt(0, 0, 0);
  const sun = new THREE.DirectionalLight("white", 2);
  sun.position.set(3, 8, 5);
  scene.add(ground, lake, ...carts, camera, new THREE.AmbientLight("white", 1), sun);

  /** The laps that each cart has driven, and the carts that have hit the tree. */
  const driven = COLORS.map((_, cart) => cart / COLORS.length);
  const broken = new Set<THREE.Mesh>();
  return {
    scene,
    camera,
    block: () => void scene.add(tree),
    drive() {
      for (const [at, cart] of carts.entries()) {
        if (broken.has(cart)) continue;
        const laps = driven[at] ?? 0;
        if (tree.parent !== null && Math.abs((laps % 1) - 0.5) < 0.04) {
          broken.add(cart);
          console.error(new Error(`the ${cart.name} has hit a tree`));
          continue;
        }
        driven[at] = laps + 1 / LAP_FRAMES;
        if (Math.floor(driven[at]) > Math.floor(laps))
          console.info("the %s has driven lap %d", cart.name, Math.floor(driven[at]));
        const angle = driven[at] * 2 * Math.PI;
        cart.position.set(RADIUS * Math.cos(angle), 0.3, -RADIUS * Math.sin(angle));
        cart.rotation.y = angle + Math.PI / 2;
      }
    },
  };
}

function mesh(name: string, geometry: THREE.BufferGeometry, color: THREE.ColorRepresentation): THREE.Mesh {
  const made = new THREE.Mesh(geometry, new THREE.MeshStandardMaterial({ color }));
  made.name = name;
  return made;
}
