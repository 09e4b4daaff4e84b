import type { Suite } from "../../harness/suite.js";
import block from "./block.js";
import growth from "./growth.js";

export default [block, growth] as Suite[];
