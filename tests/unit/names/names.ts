import type { Suite } from "../../harness/suite.js";
import directory from "./directory.js";
import fold from "./fold.js";
import form from "./form.js";

export default [form, fold, directory] as Suite[];
