export { type DigitsOptions, type DigitsSplit, drawDigit, drawDigits } from "./digits.ts";
