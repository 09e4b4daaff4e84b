import type { Suite } from "../../harness/suite.js";
import home from "./home.js";

export default [home] as Suite[];
