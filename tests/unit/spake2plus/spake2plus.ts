import type { Suite } from "../../harness/suite.js";
import exchange from "./exchange.js";
import registration from "./registration.js";

export default [...registration, ...exchange] as Suite[];
