import joining from "./joining.js";
import lineEditor from "./line-editor.js";
import outputQueue from "./output-queue.js";

/** What the boards share. */
export default [...joining, ...lineEditor, ...outputQueue];
