import type { Suite } from "../../harness/suite.js";
import button from "./button.js";
import led from "./led.js";
import pressing from "./pressing.js";

export default [button, led, pressing] as Suite[];
