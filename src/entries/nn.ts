/** Layers, networks, losses and models: `nn` of the main entry. */
export * from "../nn/public.ts";
