import { ok } from "../../harness/assert.js";
import { applicant, foundHome, SimulatedNetwork, type SimulatedNode } from "../../harness/simulation.js";

/** What a press of a knob came to. */
interface Outcome {
	/** What was told of it, at that knob. */
	readonly told: string;
	/** Milliseconds from letting go until then. */
	readonly after: number;
	/** How often the lamp did something for that knob. */
	readonly acts: number;
}

/** A lamp, and switches whose buttons are for it, all with the limits of boards. */
export class Switches {
	readonly network: SimulatedNetwork;
	readonly lamp: SimulatedNode;
	readonly knobs: readonly SimulatedNode[];
	/** What the lamp printed before its power was cut. */
	#before = "";

	constructor(boards: number, seed = 1) {
		this.network = new SimulatedNetwork(seed);
		const given = { suite: "secure", memory: "small", button: 3, led: 4, buttonTask: "lamp toggle" };
		this.lamp = foundHome(this.network, "10.0.0.1:5683", given);
		this.knobs = Array.from({ length: boards - 1 }, (_, index) => {
			this.lamp.type("invite");
			const address = `10.0.0.${index + 2}:5683`;
			const knob = applicant(this.network, address, `knob${index}`, "switch", [this.lamp.address], given);
			knob.waitFor(/ready /);
			return knob;
		});
		for (const knob of this.knobs) knob.until("status", new RegExp(`members +${boards};`));
		this.network.clock.advance(60_000);
	}

	/** How often the lamp did something for a knob. */
	acts(index: number): number {
		const text = this.#before + this.lamp.output;
		return text.match(new RegExp(`knob${index} asked: (on|off);`, "g"))?.length ?? 0;
	}

	/** Cuts the lamp's power for so many milliseconds. */
	cutLamp(milliseconds: number): void {
		this.#before += this.lamp.output;
		this.lamp.cut();
		this.network.clock.after(milliseconds, () => this.lamp.start());
	}

	/** Knobs are pressed at once, for so many milliseconds; what came of each. */
	press(indices: readonly number[], milliseconds: number): Outcome[] {
		const { clock } = this.network;
		const pressed = indices.map(index => {
			const knob = this.knobs[index];
			if (knob === undefined) throw new Error("there is no such knob");
			return { index, knob, from: knob.output.length, before: this.acts(index), told: "", after: 0 };
		});
		for (const { knob } of pressed) knob.button.put(0);
		clock.advance(milliseconds);
		for (const { knob } of pressed) knob.button.put(1);
		for (let waited = 0; waited < 11_000; waited += 10) {
			clock.advance(10);
			for (const each of pressed) {
				if (each.told !== "") continue;
				each.told = /button: lamp: (.*)/.exec(each.knob.output.slice(each.from))?.[1] ?? "";
				each.after = waited + 10;
			}
			if (pressed.every(({ told }) => told !== "")) break;
		}
		return pressed.map(({ index, before, told, after }) => ({
			told,
			after,
			acts: this.acts(index) - before
		}));
	}

	/** All are pressed, one after the other or at once: each turns the lamp round once, and is told so soon. */
	pressAll(isAtOnce: boolean, what: string): void {
		const all = this.knobs.map((_, index) => index);
		const outcomes = isAtOnce ? this.press(all, 100) : all.flatMap(index => this.press([index], 100));
		outcomes.forEach(({ told, after, acts }, index) => {
			ok(
				/^(on|off)$/.test(told) && acts === 1 && after <= 100,
				`${what}: knob${index}: ${told}, ${acts}, ${after}`
			);
		});
	}
}
