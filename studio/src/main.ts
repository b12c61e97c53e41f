import { mount } from "svelte";
import App from "./App.svelte";
import { isolate } from "./service-worker/isolate.ts";
import "./styles/tokens.css";
import "./styles/base.css";

void isolate();
mount(App, { target: document.getElementById("studio")! });
