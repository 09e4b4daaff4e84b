import { Code, decodeMessage, encodeMessage, MessageType } from "../../../modules/coap/coap.js";
import { ok } from "../../harness/assert.js";
import {
	applicant,
	type Datagram,
	foundHome,
	joined,
	SimulatedNetwork,
	type SimulatedNode
} from "../../harness/simulation.js";
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

/** A lamp, and a switch whose button is for it. */
function homeWithButton(seed: number) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network, lampAt, { suite: "secure" });
	const given = { suite: "secure", button: 3, led: 4, buttonTask: "lamp toggle" };
	const knob = applicant(network, "10.0.0.2:5683", "knob", "switch", [lampAt], given);
	knob.waitFor(/ready /);
	return { network, lamp, knob };
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
	"is turned round once for each toggle, in a silence and after it, as long as each one's time lasts": () => {
		for (let seed = 1; seed <= 6; seed += 1) {
			const { network, lamp, knob } = home(seed);
			network.reaches = () => false;
			const from = knob.output.length;
			for (let count = 0; count < 5; count += 1) {
				knob.type("task lamp toggle");
				network.clock.advance(200);
			}
			network.clock.advance(3_000);
			network.reaches = () => true;
			network.delay = [1, 200];
			if (seed > 3) network.loss = 0.1;
			network.clock.advance(20_000);
			const told = said(knob, from);
			const done = told.filter(what => what !== "no answer");
			ok(told.length === 5 && done.length >= 3, `seed ${seed}: ${told}`);
			ok(
				done.every((what, i) => what === (i % 2 === 0 ? "on" : "off")),
				`seed ${seed}: ${told}`
			);
			const acts = lamp.output.match(/knob asked: (on|off);/g)?.length ?? 0;
			ok(acts === done.length + 1, `seed ${seed}: ${told}, and ${acts} acts`);
		}
	},
	"is turned round by a press that was looked at before what was asked earlier had come": () => {
		const { network, lamp, knob } = homeWithButton(1);
		network.clock.advance(20_000);
		let count = 0;
		network.passes = ({ from, to, bytes }) => {
			if (from !== knob.address || to !== lamp.address || count > 0) return true;
			count += 1;
			// It is sent again after a second only.
			const { id } = decodeMessage(bytes);
			const nothing = new Uint8Array(0);
			const reset = { type: MessageType.Reset, id, token: nothing, code: Code.Empty, options: [] };
			const answer = encodeMessage({ ...reset, payload: nothing });
			network.send(lamp.address, "10.0.0.2", 5683, answer);
			return false;
		};
		const from = knob.output.length;
		knob.type("task lamp on");
		network.clock.advance(300);
		knob.press();
		network.clock.advance(5_000);
		const told = knob.output
			.slice(from)
			.match(/lamp: .*/g)
			?.join(", ");
		ok(told === "lamp: on, lamp: off" && lamp.line.value === 0, told);
	},
	"is turned round by a press that is still being looked at when what was asked earlier has come": () => {
		const { network, lamp, knob } = homeWithButton(1);
		network.clock.advance(20_000);
		const held: Datagram[] = [];
		network.passes = datagram => {
			const { from, to, bytes } = datagram;
			// What is asked comes late, and so does the answer to the look: its question overtakes the former.
			const isAsk = from === knob.address && to === lamp.address && held.length === 0;
			const isSeen = from === lamp.address && held.length === 1 && bytes.length > 4;
			if (!isAsk && !isSeen) return true;
			held.push(datagram);
			if (isAsk) {
				// Else it is sent again, and the look waits for that.
				const { id } = decodeMessage(bytes);
				const nothing = new Uint8Array(0);
				const ack = { type: MessageType.Acknowledgement, id, token: nothing, code: Code.Empty, options: [] };
				network.send(lamp.address, "10.0.0.2", 5683, encodeMessage({ ...ack, payload: nothing }));
			}
			return false;
		};
		const from = knob.output.length;
		knob.type("task lamp on");
		network.clock.advance(100);
		knob.press();
		network.clock.advance(100);
		const [ask, seen] = held;
		if (ask === undefined || seen === undefined) throw new Error("nothing to hold back");
		network.send(knob.address, "10.0.0.1", 5683, ask.bytes);
		network.clock.advance(100);
		ok(lamp.output.endsWith("knob asked: on; now on\n"), lamp.output);
		network.send(lamp.address, "10.0.0.2", 5683, seen.bytes);
		network.clock.advance(5_000);
		const told = knob.output
			.slice(from)
			.match(/lamp: .*/g)
			?.join(", ");
		ok(told === "lamp: on, lamp: off" && lamp.line.value === 0, told);
	},
	"is turned round once for each of two quick presses, whatever is lost and late": () => {
		for (let seed = 1; seed <= 12; seed += 1) {
			const { network, lamp, knob } = homeWithButton(seed);
			network.clock.advance(20_000);
			network.delay = [1, 300];
			if (seed > 6) network.loss = 0.2;
			const from = knob.output.length;
			knob.press(80);
			network.clock.advance(80);
			knob.press(80);
			network.clock.advance(20_000);
			const told = knob.output.slice(from).match(/button: lamp: .*/g) ?? [];
			ok(told.join(", ") === "button: lamp: on, button: lamp: off", `seed ${seed}: ${told.join(", ")}`);
			ok(lamp.output.match(/knob asked: (on|off);/g)?.join() === "knob asked: on;,knob asked: off;");
		}
	},
	"waits for what was asked before, but not without end: more is refused, and what comes later is done":
		() => {
			const { network, knob } = home(1);
			network.reaches = () => false;
			const from = knob.output.length;
			for (let count = 0; count < 100; count += 1) knob.type("task lamp toggle");
			const refusals = said(knob, from);
			ok(refusals.length >= 80 && new Set(refusals).size === 1, `${refusals.length}`);
			network.clock.advance(10_000);
			const told = said(knob, from);
			ok(told.length === 100, `${told.length}`);
			ok(told.filter(what => what === "no answer").length === 8, `${told}`);
			network.reaches = () => true;
			knob.ask("task lamp on", /lamp: on/);
		},
	"is read after it was asked for something in a silence that is longer than one try": () => {
		for (let seed = 1; seed <= 8; seed += 1) {
			const { network, knob } = home(seed);
			network.reaches = () => false;
			const from = knob.output.length;
			knob.type("task lamp on");
			network.clock.advance(2_000);
			knob.type("task lamp read");
			network.clock.advance(5_700 + 200 * seed);
			network.reaches = () => true;
			network.clock.advance(20_000);
			const told = said(knob, from).join(", ");
			const isRight = told === "on, on" || told === "no answer, off" || told === "no answer, no answer";
			ok(isRight, `seed ${seed}: ${told}`);
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
