import { faultLimit } from "../../../modules/application/application.js";
import { Guard } from "../../../modules/application/guard.js";
import { equal, ok } from "../../harness/assert.js";
import { foundHome, joined, SimulatedNetwork } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const settings = { suite: "secure", button: 3, led: 4, buttonTask: "lamp toggle" };

function surprises(count: number): Error[] {
	return Array.from({ length: count }, () => new TypeError("the pin came off"));
}

export default suite("errors that nobody expected", {
	"in a press: it is told with its place and counted, and the node goes on": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", settings);
		ok(!/faults/.test(lamp.ask("status", /link[\s\S]*memory.*\n/)[0]));
		lamp.line.surprises.push(...surprises(1));
		lamp.press();
		lamp.waitFor(/\* the button failed: TypeError: the pin came off at .+\n/, 10);
		network.clock.advance(500);
		lamp.press();
		lamp.waitFor(/\* button: lamp: /, 10);
		lamp.ask("status", /faults +1 since the start, the last: the button failed: TypeError: the pin came off/);
	},
	"in a typed command: the next one works": () => {
		const lamp = foundHome(new SimulatedNetwork(), "10.0.0.1:5683", settings);
		lamp.line.surprises.push(...surprises(1));
		lamp.ask("task lamp on", /\* a line failed: TypeError/);
		lamp.ask("task lamp on", /^lamp: on\n/);
	},
	"in a request: it is not done again, and the next one works": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", settings);
		const door = joined(network, "10.0.0.2:5683", "door", "lock", [], "secure");
		door.line.surprises.push(...surprises(1));
		lamp.type("task door unlock");
		door.waitFor(/\* a request failed: TypeError: the pin came off/, 100);
		lamp.waitFor(/^door: no answer\n/m);
		door.ask("status", /faults +1 since the start/);
		lamp.ask("task door unlock", /^door: unlocked\n/);
	},
	"in a timer: the next one comes": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", settings);
		lamp.type("uninvite");
		lamp.led.surprises.push(...surprises(3));
		network.clock.advance(20_000);
		equal(lamp.output.match(/\* a timer failed: TypeError: the pin came off/g)?.length, 3);
		equal(lamp.led.watch(), "online");
	},
	"too many of them too fast restart the node, and the cause is shown afterwards": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", settings);
		lamp.line.surprises.push(...surprises(faultLimit));
		for (let turn = 1; turn < faultLimit; turn += 1) lamp.type("task lamp on");
		equal(lamp.ended, undefined);
		lamp.type("task lamp on");
		equal(lamp.ended, 70);
		ok(lamp.output.endsWith("* too many errors: restarting\n"), lamp.output);
		lamp.start();
		lamp.waitFor(/ready /);
		lamp.ask("status", /restart +a line failed: TypeError: the pin came off/);
	},
	"as many of them in a longer time do not": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", settings);
		for (let turn = 0; turn < 5 * faultLimit; turn += 1) {
			lamp.line.surprises.push(...surprises(1));
			lamp.type("task lamp on");
			network.clock.advance(600);
		}
		equal(lamp.ended, undefined);
		lamp.ask("status", new RegExp(`faults +${5 * faultLimit} since the start`));
		lamp.ask("task lamp on", /^lamp: on\n/);
	},
	"what is told of one is a line of bounded length, whatever was thrown": () => {
		const told: string[] = [];
		const guard = new Guard({ now: () => 0, report: text => told.push(text), onTooMany: () => undefined });
		for (const thrown of [
			new Error(`two\nlines${"x".repeat(500)}`),
			"a text",
			undefined,
			null,
			{ toString: 1 }
		]) {
			guard.run("a test", () => {
				throw thrown;
			});
		}
		equal(guard.count, 5);
		ok(
			told.every(text => text.length <= 160 && !text.includes("\n")),
			told.join("|")
		);
		ok(told[0]?.startsWith("a test failed: Error: two lines"));
	},
	"a callback that takes long is known as a standstill for a moment": () => {
		let now = 0;
		const guard = new Guard({ now: () => now, report: () => undefined, onTooMany: () => undefined });
		guard.run("a long one", () => {
			now += 400;
		});
		equal(guard.standstill(), 400);
		now += 10;
		guard.run("a short one", () => {
			now += 2;
		});
		equal(guard.standstill(), 400, "still remembered");
		now += 100;
		equal(guard.standstill(), 0);
	},
	"callbacks without a pause between them are one standstill": () => {
		let now = 0;
		const guard = new Guard({ now: () => now, report: () => undefined, onTooMany: () => undefined });
		for (let count = 0; count < 3; count += 1) {
			guard.run("one of several", () => {
				now += 100;
			});
			now += 1;
		}
		equal(guard.standstill(), 302);
		now += 10;
		guard.run("after a pause", () => {
			now += 100;
		});
		now += 60;
		equal(guard.standstill(), 0);
		guard.run("later", () => {
			now += 100;
		});
		equal(guard.standstill(), 100);
	}
});
