import type { Suite } from "../../harness/suite.js";
import ccm from "./ccm.js";
import cose from "./cose.js";
import es256 from "./es256.js";
import hash from "./hash.js";
import p256 from "./p256.js";
import points from "./points.js";
import primitives from "./primitives.js";
import steps from "./steps.js";

export default [...primitives, ...hash, ...ccm, ...p256, ...es256, ...cose, ...points, ...steps] as Suite[];
