import joining from "./joining.js";
import outputQueue from "./output-queue.js";

/** What the boards share. */
export default [...joining, ...outputQueue];
