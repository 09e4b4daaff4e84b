import type { Suite } from "../../harness/suite.js";
import attacks from "./attacks.js";
import blockwise from "./blockwise.js";
import echo from "./echo.js";
import freshness from "./freshness.js";
import layer from "./layer.js";
import limits from "./limits.js";
import messages from "./messages.js";
import observe from "./observe.js";
import options from "./options.js";
import renewal from "./renewal.js";
import restarts from "./restarts.js";
import vectors from "./vectors.js";
import window from "./window.js";

export default [
	vectors,
	window,
	options,
	messages,
	layer,
	attacks,
	echo,
	blockwise,
	observe,
	renewal,
	restarts,
	limits,
	freshness
] as Suite[];
