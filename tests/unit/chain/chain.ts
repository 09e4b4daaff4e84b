import type { Suite } from "../../harness/suite.js";
import block from "./block.js";
import checkpoint from "./checkpoint.js";
import effect from "./effect.js";
import growth from "./growth.js";
import latest from "./latest.js";
import properties from "./properties.js";
import removals from "./removals.js";
import size from "./size.js";

export default [block, growth, effect, latest, checkpoint, removals, size, properties] as Suite[];
