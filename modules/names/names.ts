/** What nodes may be called, which names look alike, and whom a name or an id means. */

export { Directory, type Meant, type Named } from "./directory.js";
export { foldName, foldPrint } from "./fold.js";
export { nameFault, nameLimit } from "./form.js";
export { nearest, quoted } from "./nearest.js";
