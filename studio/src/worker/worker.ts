/** The thread that trains: a session, called by the page. */
import { expose } from "comlink";
import { createSession } from "./session.ts";

expose(createSession());
