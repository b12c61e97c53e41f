/** Recurrences over the steps of a sequence. */
export { lowerRecurrence, lowerRecurrenceGradient } from "./recurrence.ts";
