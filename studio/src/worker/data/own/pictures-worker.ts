/** The thread that decodes one's own pictures and keeps them, so that neither the page nor the training waits. */
import { expose } from "comlink";
import { createPictureCalls } from "./picture-calls.ts";

expose(createPictureCalls());
