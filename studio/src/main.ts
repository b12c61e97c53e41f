import { mount } from "svelte";
import App from "./App.svelte";
import { isolate } from "./service-worker/isolate.ts";
import { run } from "./state/run.svelte.ts";
import "./styles/tokens.css";
import "./styles/base.css";

void isolate();
mount(App, { target: document.getElementById("studio")! });

/** For tests, and for those who look at the page with its console. */
Object.assign(globalThis, { studio: { run } });
