/** Data sets of center crops, to evaluate a model that was trained on crops. */
import { DataError, NdArray, type Shape, ShapeError, sameShape } from "../../array/index.ts";
import { type AffineMatrix, applyAffine, warpPlanes } from "../../image/index.ts";
import type { Column } from "../columns/column.ts";
import { elementShape } from "../columns/column.ts";
import { isRagged, withLengths } from "../columns/ragged.ts";
import { isDataTable, mainPictures, pictureFor } from "../columns/table.ts";
import { mapColumns } from "../columns/take.ts";
import type { AnyDataset, DataTable, PictureRows } from "../dataset.ts";
import { carryPlaces, corners } from "./carry.ts";
import { middle } from "./crop.ts";
import { LEAST_VISIBLE } from "./ranges.ts";

/**
 * A data set of center crops of the shape [channels, height, width], to evaluate a model that was trained on crops; the same
 * data set if its pictures have that shape. Masks, boxes and points are cropped alike. Pictures that are not in memory are
 * cropped when fetched.
 * @param column the picture column, where a data set has several
 * @throws ShapeError when pictures are too small or have other channels; DataError when the picture column is ambiguous
 */
export function centerCropped<D extends AnyDataset>(data: D, shape: Shape, column?: string): D {
  const given: AnyDataset = data;
  if (isDataTable(given)) return tableCropped(given, shape, column) as AnyDataset as D;
  const cropped = croppedRows(data.name, given.images, shape);
  return cropped === given.images ? data : ({ ...given, images: cropped } as AnyDataset as D);
}

/** Pictures, or their center crops where they are larger. */
function croppedRows(name: string, images: NdArray | PictureRows, shape: Shape): NdArray | PictureRows {
  const own = images.shape.slice(1);
  if (sameShape(own, shape)) return images;
  if (own[0] !== shape[0])
    throw new ShapeError(`centerCropped: ${name} has pictures of ${own[0]} channels, expected ${shape[0]}`);
  return warped(images, middle(images, shape[1], shape[2]), shape);
}

/** Rows of planes [channels, height, width] or of one plane under the map, fetched or in memory. */
function warped(rows: NdArray | PictureRows, matrix: AffineMatrix, shape: Shape): NdArray | PictureRows {
  const [height, width] = shape.slice(-2);
  if (rows instanceof NdArray) {
    const [count, ...own] = rows.shape;
    const planes = rows.reshape([count, ...(own.length === 2 ? [1] : []), ...own]);
    const matrices = Array.from({ length: count }, () => matrix);
    return warpPlanes(planes, matrices, { width, height, interpolation: "nearest" }).reshape([count, ...shape]);
  }
  const take: PictureRows["take"] = async (chosen) => warped(await rows.take(chosen), matrix, shape) as NdArray;
  return { shape: [rows.shape[0], ...shape], dtype: rows.dtype, take };
}

function tableCropped(data: DataTable, shape: Shape, column: string | undefined): DataTable {
  const { name, columns } = data;
  const mains = mainPictures(columns);
  const main = column ?? (mains.length === 1 ? mains[0] : undefined);
  if (main === undefined || !mains.includes(main))
    throw new DataError(
      `centerCropped: data set ${name} has the picture columns ${mains.join(", ") || "none"}; name one of them`,
    );
  const images = columns[main].values as NdArray | PictureRows;
  if (croppedRows(name, images, shape) === images) return data;
  const matrix = middle(images, shape[1], shape[2]);
  const cropped = mapColumns(columns, (one, key) =>
    pictureFor(columns, key) === main ? columnCropped(one, matrix, shape) : one,
  );
  return Object.freeze({ ...data, columns: cropped });
}

function columnCropped(column: Column, matrix: AffineMatrix, [, height, width]: Shape): Column {
  const { values, kind } = column;
  if (isRagged(values))
    return Object.freeze({
      ...column,
      values: withLengths(carried(values.values, kind.augment, matrix, width, height), values.offsets, values.lengths),
    });
  if (kind.augment === "images" || kind.augment === "masks") {
    const planes = [...elementShape(values).slice(0, -2), height, width];
    return Object.freeze({ ...column, values: warped(values, matrix, planes) });
  }
  return Object.freeze({ ...column, values: carried(values as NdArray, kind.augment, matrix, width, height) });
}

/** Boxes or points, [.., 4] or [.., 2], under the map. */
function carried(
  places: NdArray,
  role: Column["kind"]["augment"],
  matrix: AffineMatrix,
  width: number,
  height: number,
) {
  const last = places.shape[places.shape.length - 1];
  const rows = places.reshape([1, places.size / last, last]);
  const map = (x: number, y: number): readonly [number, number] => applyAffine(matrix, x, y);
  const { boxes, keyPoints } = carryPlaces(
    { [String(role)]: rows },
    [map],
    { width, height, leastVisible: LEAST_VISIBLE },
    corners,
  );
  return (boxes ?? keyPoints ?? rows).reshape(places.shape);
}
