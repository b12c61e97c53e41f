import { array, nn } from "fovea";
import { augmentBatch, colorJitter, digits, flip, lecture, randomCrop } from "fovea/data";
import { fit } from "fovea/train";

const { train, test } = digits({ train: 300, test: 60 });
const network = nn.sequential(nn.conv2d(6, { kernel: 5 }), nn.relu(), nn.maxPool2d(4), nn.flatten(), nn.linear(10));
// Each picture is different in each epoch: cropped after padding by 3 pixels, darker or brighter.
const steps = [randomCrop({ padding: 3 }), colorJitter({ brightness: 0.2, contrast: 0.2 })];
const { history } = await fit(network, train, { validation: test, epochs: 2, batch: 32, seed: 1, augment: steps });
console.log(`trained for ${history.length} epochs on pictures of which none comes twice`);
// → trained for 2 epochs on pictures of which none comes twice

// Turned by any angle, shifted by up to 10 pixels, larger or smaller, sheared, stretched and mirrored: the lecture's ranges.
console.log(JSON.stringify(lecture().options.rotation), JSON.stringify(lecture().options.shear));
// → [0,360] [-20,20]

// Applied directly: the result depends on the seed, the epoch and the picture's number; boxes, key points and masks move too.
const batch = {
  images: train.images.row(0).reshape([1, 1, 28, 28]),
  labels: train.labels.row(0).reshape([1]),
  keyPoints: array([[[3, 5]]]), // of each picture, x and y
};
const draw = { seed: 1, epoch: 0, samples: [0] };
const mirrored = augmentBatch([flip({ horizontal: 1 })], batch, draw, 10);
console.log(`column 3 of 28 becomes column ${mirrored.keyPoints?.data[0]}`);
// → column 3 of 28 becomes column 24
