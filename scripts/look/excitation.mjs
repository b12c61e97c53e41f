/**
 * Draws the pictures of docs/looking-inside.md about what excites units, with the commands that stand there. Needs the built
 * package, the folder FOVEA_DATA with cifar10, photos, and the weights of ResNet-20 and SqueezeNet 1.0, and a run of LeNet-5 on
 * MNIST:
 *
 *   fovea train --model lenet5 --data mnist --epochs 2 --out runs/lenet5-mnist
 *   FOVEA_DATA=… node scripts/look/excitation.mjs runs/lenet5-mnist [NAME…]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadPicture, resize, writePicture } from "../../dist/entries/image.js";

const squeezenet = "squeezenet1_0:weights=data/pretrained-squeezenet/squeezenet_v1.0.safetensors.gz";

/** The words after `fovea look`, and the factor by which large pictures are shrunk. */
const pictures = {
  "ascend-digits": ["ascend lenet5-mnist --jitter 2 --turn 12 --scale 0.15", 1],
  "ascend-cifar": ["ascend resnet20", 1],
  "ascend-channels": ["ascend resnet20 --layer layer3 --channel 3,17,28,52", 1],
  "top-channels": ["top resnet20 --data cifar10 --layer layer3 --units 3,9,17,28,40,52 --count 8 --whole", 1],
  "deconv-cat": [`deconv ${squeezenet} data/photos/cat.jpg --layer features.5 --count 6`, 1],
  "dream-dog": [`dream ${squeezenet} data/photos/dog_segmentation.jpg --layer features.9 --side 384 --octaves 3`, 2],
  "ascend-squeezenet": [`ascend ${squeezenet} --class goldfish,macaw,tabby,hotdog`, 2],
};

const [run, ...names] = process.argv.slice(2);
const program = resolve("dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "fovea-look-"));
symlinkSync(resolve(process.env.FOVEA_DATA), join(folder, "data"));
symlinkSync(resolve(run), join(folder, "lenet5-mnist"));
for (const [name, [words, factor]] of Object.entries(pictures)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const target = resolve(`docs/pictures/looking-inside/${name}.png`);
  const made = factor === 1 ? target : join(folder, `${name}.png`);
  console.log(`fovea look ${words}`);
  execFileSync("node", [program, "look", ...words.split(" "), "-o", `${name}.png`], { cwd: folder, stdio: "inherit" });
  const picture = await loadPicture(join(folder, `${name}.png`));
  if (factor === 1) execFileSync("cp", [join(folder, `${name}.png`), made]);
  else
    await writePicture(
      target,
      resize(picture, Math.round(picture.width / factor), Math.round(picture.height / factor)),
    );
}
