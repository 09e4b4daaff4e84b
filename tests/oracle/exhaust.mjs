/**
 *     node tests/oracle/exhaust.mjs [LENGTH]
 *
 * Tries every history of LENGTH blocks (5) and fewer, in every order of delivery. Needs `npx tsc` before. Exit code 1 when something broke.
 */
import { tryBadOwner, tryMembers } from "../../build/js/tests/oracle/exhaustive.js";
import { tryOwners } from "../../build/js/tests/oracle/orders.js";
import { allRules } from "../../build/js/tests/oracle/rules.js";

const most = Number(process.argv[2] ?? 5);
for (let length = 1; length <= most; length++) {
	for (const [name, tryAll] of Object.entries({ tryMembers, tryBadOwner, tryOwners })) {
		const start = Date.now();
		const { histories, orders, found } = tryAll(length, allRules);
		console.log(
			name,
			`${length} blocks: ${histories} histories, ${orders} orders, ${Date.now() - start} ms, ${found.length} found`
		);
		for (const fault of found.slice(0, 3)) console.log("   ", fault);
		if (found.length > 0) process.exitCode = 1;
	}
}
