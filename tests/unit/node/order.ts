import { ok } from "../../harness/assert.js";
import { foundHome, joined, SimulatedNetwork, type SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const lampAt = "10.0.0.1:5683";

/** A lamp and a switch of its home, on a network that is as slow, lossy and out of order as `seed` says. */
function home(seed: number, count = 0) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network, lampAt, { suite: "secure" });
	const join = (index: number, name: string) => {
		lamp.ask("invite", /Inviting|at any time/);
		return joined(network, `10.0.0.${index}:5683`, name, "light", [lampAt], "secure");
	};
	const others = Array.from({ length: count }, (_, i) => join(i + 3, `desk${i}`));
	const knob = join(2, "knob");
	knob.until("task lamp off", /lamp: off/);
	for (let i = 0; i < count; i += 1) knob.until(`task desk${i} off`, /: off/);
	network.clock.advance(20_000);
	return { network, lamp, knob, others };
}

/** What was said of the lamp after a place of the output. */
function said({ output }: SimulatedNode, from: number): string[] {
	return [...output.slice(from).matchAll(/^lamp: (.*)$/gm)].map(([, what = ""]) => what);
}

export default suite("what one asks of one device", {
	"ends as the last of it says, typed in a silence, and each is told what became of it, in order": () => {
		for (let seed = 1; seed <= 4; seed += 1) {
			for (const apart of [0, 700]) {
				const { network, lamp, knob } = home(seed);
				network.reaches = () => false;
				const from = knob.output.length;
				for (const action of ["on", "off", "on", "off", "on"]) {
					knob.type(`task lamp ${action}`);
					network.clock.advance(apart);
				}
				network.clock.advance(1_000);
				network.reaches = () => true;
				network.delay = [1, 1_500];
				network.clock.advance(30_000);
				const told = said(knob, from).join(", ");
				const replaced = Array.from({ length: 4 }, () => "replaced by a newer task").join(", ");
				ok(told === `${replaced}, on`, `seed ${seed}, ${apart} ms apart: ${told}`);
				knob.ask("task lamp read", /lamp: on/);
				ok(lamp.line.value === 1, `seed ${seed}, ${apart} ms apart: it is off`);
			}
		}
	},
	"is read after what it was asked to do before, whatever is lost of either": () => {
		for (let seed = 1; seed <= 8; seed += 1) {
			const { network, lamp, knob } = home(seed);
			// After a restart it does not know yet that the first is fresh, and has it sent again.
			lamp.cut();
			lamp.start();
			network.clock.advance(5_000);
			if (seed > 4) network.loss = 0.3;
			network.delay = [1, 300];
			const from = knob.output.length;
			knob.type("task lamp on");
			knob.type("task lamp read");
			network.clock.advance(30_000);
			const told = said(knob, from).join(", ");
			const isRight = told === "on, on" || told === "on, no answer" || told === "no answer, no answer";
			ok(isRight, `seed ${seed}: ${told}`);
		}
	},
	"is read after what all were asked to do before, when the others are silent": () => {
		const { network, knob, others } = home(1, 6);
		for (const { address } of others) {
			network.reaches = () => true;
			knob.type("task all off");
			network.clock.advance(20_000);
			const name = `desk${others.findIndex(other => other.address === address)}`;
			network.reaches = (...ends) => ends.includes(address);
			const from = knob.output.length;
			knob.type("task all on");
			knob.type(`task ${name} read`);
			network.clock.advance(12_000);
			const told = knob.output
				.slice(from)
				.match(new RegExp(`^${name}: .*$`, "gm"))
				?.join(", ");
			ok(told === `${name}: on, ${name}: on`, told);
		}
	},
	"does not wait for what others were asked for": () => {
		const { network, knob, others } = home(1, 6);
		for (const other of others) other.cut();
		for (let i = 0; i < others.length; i += 1) knob.type(`task desk${i} read`);
		const from = knob.output.length;
		knob.type("task lamp on");
		network.clock.advance(600);
		ok(said(knob, from).join(", ") === "on", knob.output.slice(from));
	}
});
