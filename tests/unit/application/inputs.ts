import { equal, ok } from "../../harness/assert.js";
import { foundHome, joined, SimulatedNetwork } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** A lamp that watches a sensor, whose line is low. */
function lampAndSensor() {
	const network = new SimulatedNetwork();
	const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
	const pir = joined(network, "10.0.0.2:5683", "pir", "sensor", [], "secure");
	lamp.until("members", /pir/);
	lamp.ask("watch pir", /pir: off\n/);
	network.clock.advance(10_000);
	return { network, lamp, pir };
}

const toldOf = (output: string) => [...output.matchAll(/^pir: (on|off)$/gm)].map(([, state]) => state);

export default suite("inputs of a node", {
	"a change is told to who watches, in two datagrams": () => {
		const { network, lamp, pir } = lampAndSensor();
		let sent = 0;
		network.tap = () => {
			sent += 1;
		};
		pir.input.put(1);
		lamp.waitFor(/pir: on\n/, 100);
		network.clock.advance(100);
		equal(sent, 2, "a notification and its acknowledgement");
	},
	"an input that chatters for a minute floods nobody, and the node serves others": () => {
		const { network, lamp, pir } = lampAndSensor();
		const { clock } = network;
		let sent = 0;
		network.tap = ({ from }) => {
			if (from === pir.address) sent += 1;
		};
		for (let change = 0; change < 60_000; change += 1) {
			if (change % 7 < 6) pir.input.put(change % 2 === 0 ? 1 : 0);
			clock.advance(1);
			if (change % 10_000 === 5_000) lamp.type("task pir read");
		}
		const lines = toldOf(lamp.output).length;
		ok(sent < 150, `${sent} datagrams`);
		ok(lines < 80, `${lines} lines`);
		pir.input.put(0);
		clock.advance(1_100);
		equal(toldOf(lamp.output).at(-1), "off");
		pir.input.put(1);
		clock.advance(1_100);
		equal(toldOf(lamp.output).at(-1), "on");
	},
	"the last state arrives whatever is lost on the way": () => {
		const { network, lamp, pir } = lampAndSensor();
		network.loss = 0.4;
		for (let change = 0; change < 20; change += 1) {
			pir.input.put(change % 2 === 0 ? 1 : 0);
			network.clock.advance(1_700);
		}
		pir.input.put(0);
		network.loss = 0;
		network.clock.advance(70_000);
		equal(toldOf(lamp.output).at(-1), "off");
	}
});
