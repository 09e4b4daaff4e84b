import type { Suite } from "../../harness/suite.js";
import answers from "./answers.js";
import faults from "./faults.js";
import panel from "./panel.js";
import wifi from "./wifi.js";

export default [answers, faults, panel, wifi] as Suite[];
