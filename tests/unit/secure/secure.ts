import type { Suite } from "../../harness/suite.js";
import freshness from "./freshness.js";
import grants from "./grants.js";
import handshakes from "./handshakes.js";
import home from "./home.js";
import joining from "./joining.js";
import membership from "./membership.js";
import sessions from "./sessions.js";
import sponsors from "./sponsors.js";
import stewards from "./stewards.js";
import tasks from "./tasks.js";

export default [
	freshness,
	grants,
	handshakes,
	home,
	joining,
	membership,
	sessions,
	sponsors,
	stewards,
	tasks
] as Suite[];
