import { equal, ok } from "../../harness/assert.js";
import type { SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { secureHome } from "../secure/house.js";

/** A node that has lost all blocks but the first, and hears nobody of whom it could get them. */
function lost(node: "knob" | "door" = "knob") {
	const home = secureHome();
	const it: SimulatedNode = home[node];
	it.cut();
	for (const key of it.preference.keys("verifichain")) {
		if (/^b[1-9]/.test(key)) it.preference.delete("verifichain", key);
	}
	home.network.reaches = () => false;
	it.start();
	it.waitFor(/asking the home for it/);
	const found = () => {
		home.network.reaches = () => true;
		it.waitFor(/ready /);
		home.network.clock.advance(12_000);
	};
	return { ...home, found };
}

export default suite("what is typed ahead", {
	"a task that was typed before there was a home to ask does not act when one is found, an hour later":
		() => {
			const { network, lamp, knob, found } = lost();
			knob.type("task lamp on");
			network.clock.advance(3_600_000);
			found();
			equal(lamp.line.value, 0);
			ok(/^lamp: no answer$/m.test(knob.output), knob.output);
			knob.ask("task lamp on", /^lamp: on\n/);
		},
	"is kept and done up to a bound, and of each line beyond it a person is told": () => {
		const { network, knob, found } = lost();
		for (let count = 1; count <= 20; count += 1) knob.type(`nonsense${count}`);
		network.clock.advance(1_000);
		equal(knob.output.match(/^That is not kept: too much was typed ahead\.$/gm)?.length, 4);
		found();
		equal(knob.output.match(/^There is no command "nonsense/gm)?.length, 16);
	},
	"nor has a node its own device do it": () => {
		const { network, door, found } = lost("door");
		door.type("task door unlock");
		network.clock.advance(3_600_000);
		found();
		equal(door.line.value, 0);
		door.ask("task door unlock", /^door: unlocked\n/);
	},
	"a task that was typed a moment before acts": () => {
		const { network, lamp, knob, found } = lost();
		network.clock.advance(3_000);
		knob.type("task lamp on");
		knob.type("invite 600");
		network.clock.advance(1_000);
		found();
		ok(/^lamp: on$/m.test(knob.output), knob.output);
		equal(lamp.line.value, 1);
		ok(knob.output.includes("Inviting for 600 seconds."), knob.output);
	},
	"one that was typed nine seconds before has no more than its rest": () => {
		const { network, lamp, knob, found } = lost();
		knob.type("task lamp on");
		network.clock.advance(9_000);
		network.reaches = () => true;
		knob.waitFor(/ready /);
		network.reaches = () => false;
		network.clock.advance(5_000);
		found();
		equal(lamp.line.value, 0);
	}
});
