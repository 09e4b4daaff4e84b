/** Where a chip spends its time: looks at its program counter every so many nanoseconds. */
export class Profile {
	#counts = new Map();
	#isOn = true;

	constructor({ chip, image, every = 100_000 }) {
		const look = () => {
			if (!this.#isOn) return;
			const place = chip.isIdle ? "(idle)" : image.nameAt(chip.registers[15]).replace(/\+\d+$/, "");
			this.#counts.set(place, (this.#counts.get(place) ?? 0) + 1);
			chip.after(every, look);
		};
		look();
	}

	stop() {
		this.#isOn = false;
	}

	/** The functions that took most, as `name share` lines. */
	top(count = 15) {
		const total = [...this.#counts.values()].reduce((sum, each) => sum + each, 0);
		const sorted = [...this.#counts].sort(([, left], [, right]) => right - left).slice(0, count);
		return sorted
			.map(([name, each]) => `${((100 * each) / total).toFixed(1).padStart(5)} % ${name}`)
			.join("\n");
	}
}
