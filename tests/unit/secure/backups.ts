import { equal } from "../../harness/assert.js";
import { foundHome, joined, SimulatedNetwork, SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** A founder, a lock and two switches that may unlock it. */
function home() {
	const network = new SimulatedNetwork();
	const lamp = foundHome(network, undefined, { suite: "secure" });
	const door = joined(network, "10.0.0.2:5683", "door", "lock", [], "secure");
	const knob = joined(network, "10.0.0.3:5683", "knob", "switch", [], "secure");
	const desk = joined(network, "10.0.0.4:5683", "desk", "switch", [], "secure");
	for (const name of ["knob", "desk"]) lamp.ask(`grant ${name} unlock door`, /may unlock door/);
	for (const node of [lamp, door, knob, desk]) node.until("status", /chain +6 blocks/);
	return { network, lamp, door, knob, desk };
}

export default suite("an owner's restored backup", {
	"hears again what it took and its own checkpoint covers though it did not know it, and takes it again":
		() => {
			const { network, lamp, door, knob, desk } = home();
			const backup = lamp.preference.copy();
			lamp.ask("ungrant knob unlock door", /knob may not unlock door any more/);
			for (const node of [door, knob, desk]) node.until("status", /chain +7 blocks/);
			lamp.cut();
			// Put back to what it was, it hears nobody, and takes something else under the same number.
			network.reaches = () => false;
			const restored = new SimulatedNode(network, lamp.address, { suite: "secure" }, backup);
			restored.start();
			restored.waitFor(/ready /);
			restored.ask("ungrant desk unlock door", /desk may not unlock door any more/);
			restored.ask("checkpoint", /\(y\/n\)/);
			restored.ask("y", /Checkpoint 1 is made/);
			network.reaches = () => true;
			for (const node of [door, knob, desk]) node.until("chain", /base checkpoint 1/, 300_000);
			restored.until("chain", /lamp forbade knob unlock door\n/, 300_000);
			network.clock.advance(60_000);
			for (const node of [knob, desk]) node.until("task door unlock", /door: not granted\n/);
			equal(new Set([restored, door, knob, desk].map(node => node.digest)).size, 1);
		}
});
