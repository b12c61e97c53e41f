/** What the README's reader has, and a fresh clone does not: pictures, downloads, earlier runs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Numbers 0 … 1, the same in every walk. */
function* numbers() {
  for (let state = 1; ; state = (state * 48271) % 2147483647) yield state / 2147483647;
}
const source = numbers();
const random = () => source.next().value;

/**
 * @param clone the repository, built, where commands are run
 * @param project where programs are run
 * @param data the folder that FOVEA_DATA names
 * @param run runs a command line in the clone
 */
export async function provide({ clone, project, data, run }) {
  const built = (name) => import(pathToFileURL(join(clone, "dist/entries", `${name}.js`)).href);
  const { drawDigits } = await built("data");
  const { writeIdx } = await built("formats");
  const { encodePng, loadPicture, writePicture } = await built("image");

  for (const folder of ["pets", "more-pets"]) await writePets(join(clone, folder), encodePng);
  await writePets(join(project, "pets"), encodePng);
  const photograph = join(clone, "tests/fixtures/pictures/astronaut.png");
  for (const name of ["photo.jpg", "other.jpg"]) await writePicture(join(clone, name), await loadPicture(photograph));
  const { images } = drawDigits({ count: 1 });
  const [width, height] = [28, 28];
  writeFileSync(join(clone, "digit.png"), await encodePng({ width, height, channels: 1, data: images.data }));

  writeMnist(join(data, "mnist"), drawDigits, writeIdx);
  writeCifar10(join(data, "cifar10"));
  for (const name of ["a", "b"])
    run(`npx fovea train --data cifar10 --epochs 1 --seed ${name === "a" ? 1 : 2} --out runs/${name}`);
}

/** Light things and dark things of several sizes, before noise. */
async function writePets(folder, encodePng) {
  for (const [pet, shade] of [
    ["cat", 60],
    ["dog", 190],
  ]) {
    mkdirSync(join(folder, pet), { recursive: true });
    for (let i = 0; i < 30; i++) {
      const [width, height] = [70 + Math.floor(20 * random()), 70 + Math.floor(20 * random())];
      const data = Uint8Array.from({ length: width * height * 3 }, () => shade + Math.floor(50 * random()));
      writeFileSync(join(folder, pet, `${i}.png`), await encodePng({ width, height, channels: 3, data }));
    }
  }
}

/** The files of MNIST, with few digits, which are drawn. */
function writeMnist(folder, drawDigits, writeIdx) {
  mkdirSync(folder, { recursive: true });
  for (const [stem, split, count] of [
    ["train", "train", 1200],
    ["t10k", "test", 200],
  ]) {
    const { images, labels } = drawDigits({ count, split });
    writeFileSync(join(folder, `${stem}-images-idx3-ubyte`), writeIdx(images.reshape([count, 28, 28])));
    writeFileSync(join(folder, `${stem}-labels-idx1-ubyte`), writeIdx(labels.cast("u8")));
  }
}

/** The files of CIFAR-10, with few pictures, each class in a shade of its own. */
function writeCifar10(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of [...[1, 2, 3, 4, 5].map((i) => `data_batch_${i}`), "test_batch"]) {
    const records = Array.from({ length: 60 }, (_, i) => [
      i % 10,
      ...Array.from({ length: 3072 }, () => 25 * (i % 10) + Math.floor(25 * random())),
    ]);
    writeFileSync(join(folder, `${name}.bin`), Uint8Array.from(records.flat()));
  }
}
