import assert from "node:assert/strict";
import { built } from "./home.mjs";

/** Milliseconds after which a press has acted, or its LED has said that it has not. */
export const verdictTime = 12_000;
/** Milliseconds of one flash of the LED that says no, and how many of them are seen at least. */
const flash = Object.freeze({ least: 70, most: 90, count: 3 });

/** How often presses at boards acted at the lamp, which prints who asked it for what. */
export class PressCount {
	pressed = 0;
	/** Acted once; not at all, which the LED said; not at all, without a word; more than once. */
	acted = 0;
	refused = 0;
	lost = [];
	twice = [];
	/** Acted once, although the LED said no: no answer came in time. */
	doubtful = 0;
	/** Milliseconds from letting go to the lamp's edge, of those in turn that acted before the next one was pressed. */
	times = [];
	#house;
	#lamp;

	constructor({ house, lamp }) {
		this.#house = house;
		this.#lamp = lamp;
	}

	/** Boards press at the same moment; they are judged once all have heard of it, or had their time. `meanwhile`: what happens then. */
	async atOnce(boards, meanwhile = async () => {}) {
		const from = this.#lamp.output.length;
		const begun = boards.map(board => ({
			board,
			said: board.output.length,
			up: board.press(built.button).up
		}));
		await meanwhile();
		await this.#verdicts(begun);
		for (const each of begun) this.#judge(each, from);
	}

	/** Boards press one after the other, so many milliseconds apart, whatever became of the press before. */
	async inTurn(boards, milliseconds) {
		const lamp = this.#lamp;
		const from = lamp.output.length;
		const begun = [];
		for (const board of boards) {
			const { up } = board.press(built.button);
			begun.push({ board, said: board.output.length, up });
			await this.#house.run(milliseconds);
			const edge = lamp.edges.find(({ pin, at }) => pin === built.line && at >= up);
			if (edge !== undefined) this.times.push(edge.at - up);
		}
		await this.#verdicts(begun);
		for (const each of begun) this.#judge(each, from);
	}

	/** All were acted on once: as it has to be where nobody keeps a press from the lamp. */
	assertAllActed() {
		assert.equal(this.acted, this.pressed, String(this));
		this.assertJust();
	}

	/** None acted twice, and where none was, the LED said so. */
	assertJust() {
		assert.deepEqual([this.lost, this.twice], [[], []], String(this));
	}

	toString() {
		const { pressed, acted, refused, lost, twice, doubtful } = this;
		const some = names => (names.length === 0 ? "" : ` (${names.join(", ")})`);
		return (
			`${pressed} presses: ${acted} acted once, ${doubtful} of these with a no; ${refused} not, with a no; ` +
			`${lost.length} lost${some(lost)}; ${twice.length} twice${some(twice)}`
		);
	}

	/** Until all have said what came of it, or their time is over; and a little longer, for the LED's burst and what acts late. */
	async #verdicts(begun) {
		const isOver = ({ board, said }) => /button: lamp: (?!replaced)/.test(board.output.slice(said));
		await this.#house.run(verdictTime, () => begun.every(isOver));
		await this.#house.run(1_500);
	}

	#judge({ board, up }, from) {
		const asked = new RegExp(`^\\* ${board.name} asked: (on|off);`, "gm");
		const acts = this.#lamp.output.slice(from).match(asked)?.length ?? 0;
		const isRefused = saidNo(board, up);
		this.pressed += 1;
		if (acts === 1) this.acted += 1;
		if (acts === 1 && isRefused) this.doubtful += 1;
		if (acts > 1) this.twice.push(board.name);
		if (acts === 0 && isRefused) this.refused += 1;
		if (acts === 0 && !isRefused) this.lost.push(board.name);
	}
}

/** Whether the LED of a board has shown the sign of a refusal since a moment of the house, in milliseconds. */
function saidNo(board, since) {
	const edges = board.edges.filter(({ pin, at }) => pin === built.led && at >= since);
	const flashes = edges.filter(({ level, at }, index) => {
		const length = (edges[index + 1]?.at ?? 0) - at;
		return level === 1 && length >= flash.least && length <= flash.most;
	});
	return flashes.length >= flash.count;
}
