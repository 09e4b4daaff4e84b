import { ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { restart, secureHome } from "./house.js";

/** What a node has before it is asked: keys with the lamp, a secret to make some of, or neither. */
const beginnings = ["keys", "secret", "nothing"] as const;

/** Milliseconds after which a task is over, with its answer or without. */
const over = 10_100;

export default suite("errors of a node's own", {
	"keep it from none of its devices, whenever they come: here its host has no entropy once": () => {
		for (const beginning of beginnings) {
			for (let calls = 0, hasFailed = true; hasFailed; calls += 2) {
				const { network, lamp, knob } = secureHome();
				network.clock.advance(5_000);
				if (beginning === "secret") restart(lamp);
				if (beginning === "nothing") {
					for (const key of knob.preference.keys("verifichain")) {
						if (/^s[0-9a-f]{14}$/.test(key)) knob.preference.delete("verifichain", key);
					}
					restart(knob);
				}
				const { dice } = network;
				const bytes = dice.bytes.bind(dice);
				let left = calls;
				hasFailed = false;
				dice.bytes = count => {
					left -= 1;
					if (left !== -1) return bytes(count);
					hasFailed = true;
					throw new RangeError("no entropy");
				};
				knob.type("task lamp toggle");
				network.clock.advance(over);
				dice.bytes = bytes;
				const from = knob.output.length;
				knob.type("task lamp toggle");
				network.clock.advance(over);
				const told = knob.output.slice(from);
				ok(/^lamp: (on|off)$/m.test(told), `${beginning}, after ${calls} calls: ${told}`);
			}
		}
	}
});
