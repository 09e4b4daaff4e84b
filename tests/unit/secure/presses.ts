import { Code, decodeMessage, encodeMessage, MessageType } from "../../../modules/coap/coap.js";
import { equal, ok } from "../../harness/assert.js";
import { type Datagram, Dice, type SimulatedNetwork } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { isSealed } from "./house.js";
import { Switches } from "./switches.js";

/** An error in the clear that anyone can send in answer to a request. */
function forge(network: SimulatedNetwork, { from, to, bytes }: Datagram): void {
	const { id, token } = decodeMessage(bytes);
	const error = { type: MessageType.Acknowledgement, id, token, code: Code.Unauthorized, options: [] };
	const [host = "", port = ""] = from.split(":");
	network.send(to, host, Number(port), encodeMessage({ ...error, payload: new Uint8Array(0) }));
}

/** What goes wrong with a press. */
class Trouble {
	readonly #home: Switches;
	readonly #index: number;
	readonly #acted: number;
	/** Replies to it that are lost, errors that are forged, from which request on, and whether what they answer is lost. */
	readonly #replies: number;
	readonly #errors: number;
	#spared: number;
	readonly #isLost: boolean;
	/** Milliseconds for which the lamp has no power once it has acted, before it has said so; 0 for not at all. */
	readonly #dark: number;
	#lost = 0;
	#forged = 0;
	isCut = false;

	constructor(home: Switches, index: number, dice: Dice) {
		this.#home = home;
		this.#index = index;
		this.#acted = home.acts(index);
		const pick = (...from: number[]) => from[Math.floor(dice.roll() * from.length)] ?? 0;
		this.#replies = pick(0, 0, 1, 2, 3);
		this.#errors = pick(0, 0, 1, 2, 4);
		this.#spared = pick(0, 1, 2, 3);
		this.#isLost = dice.roll() < 0.5;
		this.#dark = pick(0, 0, 0, 200, 3_000);
	}

	passes(datagram: Datagram): boolean {
		const { lamp, knobs, network } = this.#home;
		const knob = knobs[this.#index];
		const { from, to, bytes } = datagram;
		if (!isSealed(bytes)) return true;
		if (from === knob?.address && to === lamp.address) {
			const isRequest = decodeMessage(bytes).type === MessageType.Confirmable;
			if (!isRequest || this.#forged >= this.#errors) return true;
			this.#spared -= 1;
			if (this.#spared >= 0) return true;
			this.#forged += 1;
			forge(network, datagram);
			return !this.#isLost;
		}
		if (from !== lamp.address || to !== knob?.address) return true;
		if (this.#home.acts(this.#index) === this.#acted) return true;
		if (this.#dark > 0 && !this.isCut) {
			this.isCut = true;
			network.clock.after(0, () => this.#home.cutLamp(this.#dark));
			return false;
		}
		this.#lost += 1;
		return this.#lost > this.#replies;
	}
}

export default suite("each press", {
	"counts once, or the LED says no: keys evicted, replies lost, errors forged, and the power cut after the act":
		() => {
			const home = new Switches(8, 3);
			const { network, lamp } = home;
			const dice = new Dice(7);
			let sure = 0;
			for (let round = 0; round < 30; round += 1) {
				const index = Math.floor(dice.roll() * home.knobs.length);
				const knob = home.knobs[index];
				if (dice.roll() < 0.2) {
					home.cutLamp(200);
					network.clock.advance(1_000 + 2_000 * dice.roll());
				}
				const trouble = new Trouble(home, index, dice);
				network.passes = datagram => trouble.passes(datagram);
				const [outcome] = home.press([index], 25 + 100 * dice.roll());
				network.passes = () => true;
				const from = knob?.led.spans.length ?? 0;
				network.clock.advance(4_000);
				const text = `round ${round}: ${JSON.stringify(outcome)}`;
				if (outcome?.told === "no answer") {
					ok(trouble.isCut && outcome.after >= 9_900, text);
					// Three times; what it showed before may make the first a little longer.
					const spans = knob?.led.spans.slice(from, from + 3) ?? [];
					ok(spans.length === 3 && spans.every(span => span >= 80 && span < 100), `${text}: ${spans}`);
				} else {
					ok(/^(on|off)$/.test(outcome?.told ?? "") && !trouble.isCut, text);
					sure += 1;
				}
				equal([outcome?.acts, lamp.isOn], [1, true], text);
			}
			ok(sure >= 15, `${sure}`);
		}
});
