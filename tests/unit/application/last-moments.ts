import { equal } from "../../harness/assert.js";
import {
	foundHome,
	homePassword,
	homePin,
	SimulatedNetwork,
	SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { secureHome } from "../secure/house.js";

/** As hosts/board/terminal.ts has it. */
const farewell = 250;

function kept({ preference }: SimulatedNode): string[] {
	return preference.keys("verifichain");
}

export default suite("the moments before a board restarts", {
	"what others say then is not written to a flash that was wiped": () => {
		const { network, lamp, door, knob } = secureHome();
		network.clock.advance(5_000);
		knob.farewell = farewell;
		for (const line of ["reset", "wipe"]) knob.type(line);
		equal([knob.ended, kept(knob)], [0, []]);
		lamp.type("grant door unlock door");
		door.type("task all on");
		network.clock.advance(farewell - 1);
		equal([knob.isOn, kept(knob)], [true, []]);
	},
	"nor does a join that is under way bring back what the button has wiped": () => {
		for (let moment = 0; moment < 400; moment += 10) {
			const network = new SimulatedNetwork(1);
			network.delay = [20, 40];
			const lamp = foundHome(network, undefined, { suite: "secure" });
			const desk = new SimulatedNode(network, "10.0.0.9:5683", {
				suite: "secure",
				button: 3,
				peers: [lamp.address]
			});
			desk.farewell = farewell;
			desk.start();
			desk.button.put(0);
			network.clock.advance(10_000 - moment);
			for (const line of ["n", "desk", "light", homePassword, homePin]) desk.type(line);
			for (let waited = 0; waited < 1_000 && desk.ended === undefined; waited += 1) network.clock.advance(1);
			equal(desk.ended, 0);
			network.clock.advance(farewell - 1);
			equal([desk.isOn, kept(desk)], [true, []], `${moment} ms before`);
		}
	}
});
