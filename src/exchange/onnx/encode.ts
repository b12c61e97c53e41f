/**
 * Messages to bytes, by the table of fields. Tensors' data are not copied until the parts are joined, so that a large model is
 * in memory once besides its variables.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Field, isMessage, type MessageName, messages } from "./fields.ts";

type Content = number | string | Uint8Array | Message;

/** A message: its fields by name. Those that are undefined are left out. */
export interface Message {
  readonly [field: string]: Content | readonly Content[] | undefined;
}

const scalars = {
  int32: [WireType.Varint, (writer: BinaryWriter, value: number) => writer.int32(value)],
  int64: [WireType.Varint, (writer: BinaryWriter, value: number) => writer.int64(value)],
  float: [WireType.Bit32, (writer: BinaryWriter, value: number) => writer.float(value)],
  string: [WireType.LengthDelimited, (writer: BinaryWriter, value: string) => writer.string(value)],
} as const;

const sizeOfParts = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

/** The bytes of a message, in parts. Equal messages give equal bytes. */
export function encode(name: MessageName, message: Message): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const writer = new BinaryWriter();
  const fields = messages[name];
  for (const [key, content] of Object.entries(message)) {
    if (content === undefined) continue;
    for (const one of Array.isArray(content) ? content : [content]) encodeField(fields[key], one, writer, parts);
  }
  parts.push(writer.finish());
  return parts;
}

function encodeField([number, type]: Field, content: Content, writer: BinaryWriter, parts: Uint8Array[]): void {
  if (isMessage(type) || type === "bytes") {
    const inner = type === "bytes" ? [content as Uint8Array] : encode(type, content as Message);
    writer.tag(number, WireType.LengthDelimited).uint32(sizeOfParts(inner));
    parts.push(writer.finish(), ...inner);
    return;
  }
  const [wire, write] = scalars[type];
  write(writer.tag(number, wire), content as never);
}

/** All parts one after the other. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(sizeOfParts(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
