import type { Suite } from "../node/node.js";
import { paperSuite } from "../paper/paper.js";
import { secureSuite } from "../secure/secure.js";

/** The suites that a node can speak. */
export const suites: readonly Suite[] = Object.freeze([secureSuite, paperSuite]);

/** The suite of that name, or the usual one. Throws a RangeError when there is none. */
export function suiteNamed(name: string | undefined): Suite {
	if (name === undefined) return secureSuite;
	const suite = suites.find(known => known.name === name);
	if (suite !== undefined) return suite;
	throw new RangeError(
		`there is no suite "${name}"; there are ${suites.map(known => known.name).join(", ")}`
	);
}
