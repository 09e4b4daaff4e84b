import lineEditor from "./line-editor.js";
import lineTerminal from "./line-terminal.js";

export default [...lineEditor, ...lineTerminal];
