import type { Suite } from "../../harness/suite.js";
import alarm from "./alarm.js";
import bases from "./bases.js";
import block from "./block.js";
import checkpoints from "./checkpoints.js";
import duties from "./duties.js";
import effect from "./effect.js";
import fallen from "./fallen.js";
import idleBlocks from "./idle-blocks.js";
import keys from "./keys.js";
import properties from "./properties.js";
import tables from "./tables.js";
import takings from "./takings.js";
import thief from "./thief.js";

export default [
	block,
	checkpoints,
	effect,
	idleBlocks,
	keys,
	takings,
	bases,
	tables,
	duties,
	alarm,
	properties,
	fallen,
	thief
] as Suite[];
