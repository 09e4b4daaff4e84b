/** The contract of hosts/types and of the Moddable modules that a host supplies, the same for every host. */

import type { Suite } from "../../harness/suite.js";
import digital from "./digital.js";
import entropy from "./entropy.js";
import preference from "./preference.js";
import socket from "./socket.js";
import terminal from "./terminal.js";
import time from "./time.js";
import timer from "./timer.js";
import vitals from "./vitals.js";

export default [
	...digital,
	...entropy,
	...preference,
	...socket,
	...terminal,
	...time,
	...timer,
	...vitals
] as Suite[];
