import type { Suite } from "../../harness/suite.js";
import attacks from "./attacks.js";
import credentials from "./credentials.js";
import forms from "./forms.js";
import runs from "./runs.js";
import suites from "./suites.js";
import trace from "./trace.js";

export default [...trace, ...runs, ...suites, ...credentials, ...forms, ...attacks] as Suite[];
