import type { Suite } from "../../harness/suite.js";
import answers from "./answers.js";
import askedAtOnce from "./asked-at-once.js";
import clock from "./clock.js";
import copies from "./copies.js";
import faults from "./faults.js";
import inputs from "./inputs.js";
import lastMoments from "./last-moments.js";
import panel from "./panel.js";
import sendFaults from "./send-faults.js";
import typedAhead from "./typed-ahead.js";
import wifi from "./wifi.js";

export default [
	answers,
	askedAtOnce,
	clock,
	faults,
	copies,
	inputs,
	lastMoments,
	panel,
	sendFaults,
	typedAhead,
	wifi
] as Suite[];
