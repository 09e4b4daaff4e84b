import type { Suite } from "../../harness/suite.js";
import decoding from "./decoding.js";
import encoding from "./encoding.js";
import items from "./items.js";

export default [...encoding, ...decoding, ...items] as Suite[];
