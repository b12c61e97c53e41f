export { type GenerateOptions, generateText, generateTokens } from "./generate.ts";
