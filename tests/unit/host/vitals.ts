import Network from "network";
import { freeStorage, heap, lastFault, noteFault, uptime } from "vitals";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { standIn } from "./stand-in.js";
import { wait } from "./wait.js";

export default [
	suite("host: vitals", {
		"memory in use is a part of all memory, and what is held counts"() {
			const held = new Uint8Array(20_000);
			const { slots, chunks } = heap();
			for (const { used, size } of [slots, chunks]) ok(0 < used && used <= size, `${used}/${size}`);
			ok(standIn || chunks.used >= held.length, "a buffer counts");
		},
		"free storage is a number of bytes or not bounded"() {
			const free = freeStorage();
			ok(free === undefined || free >= 0);
		},
		async "uptime goes on in milliseconds"() {
			const before = uptime();
			await wait(30);
			const passed = uptime() - before;
			ok(passed >= 25 && passed < 5_000, `${passed} ms`);
		},
		"a fault is kept until another takes its place or it is forgotten"() {
			noteFault("");
			equal(lastFault(), undefined);
			noteFault("TypeError: not a number");
			equal(lastFault(), "TypeError: not a number");
			noteFault("x".repeat(5_000));
			const kept = lastFault() ?? "";
			ok(kept.length >= 100 && /^x+$/.test(kept), kept);
			noteFault("");
			equal(lastFault(), undefined);
		}
	}),
	suite("host: network", {
		"is in one of the four states and can be closed twice"() {
			const network = new Network({ onChange() {} });
			ok(["none", "joining", "online", "offline"].includes(network.state));
			network.close();
			network.close();
		}
	})
];
