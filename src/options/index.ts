export * from "./catalog.ts";
export * from "./factory.ts";
export * from "./schema.ts";
