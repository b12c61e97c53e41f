export { lowerRecurrence, lowerRecurrenceGradient } from "./recurrence.ts";
