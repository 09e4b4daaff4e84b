import type { Suite } from "../../harness/suite.js";
import blockwise from "./blockwise.js";
import blockwiseLimits from "./blockwise-limits.js";
import client from "./client.js";
import clientTransfers from "./client-transfers.js";
import duplicates from "./duplicates.js";
import ending from "./ending.js";
import messages from "./messages.js";
import observe from "./observe.js";
import observing from "./observing.js";
import resources from "./resources.js";
import sending from "./sending.js";
import server from "./server.js";

export default [
	messages,
	client,
	sending,
	server,
	duplicates,
	ending,
	blockwise,
	blockwiseLimits,
	clientTransfers,
	observing,
	observe,
	resources
] as Suite[];
