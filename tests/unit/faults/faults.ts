import flash from "./flash.js";
import powerCuts from "./power-cuts.js";

export default [flash, powerCuts];
