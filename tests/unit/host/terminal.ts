import Terminal from "terminal";
import { throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { standIn } from "./stand-in.js";

export default [
	suite("host: Terminal", {
		"is open once: the one that prints these lines"() {
			if (standIn) return;
			throws(() => new Terminal({}), Error, "open");
		}
	})
];
