/** What was measured, in simulated time, against the design's budgets. */
export class Figures {
	#rows = [];

	/** `value` and `budget` in the unit named in `what`; without a budget it is only told. */
	add(what, value, budget) {
		this.#rows.push({ what, value, budget });
	}

	/** The same, where only the largest of several values is told. */
	most(what, value, budget) {
		const row = this.#rows.find(each => each.what === what);
		if (row === undefined) this.add(what, value, budget);
		else row.value = Math.max(row.value, value);
	}

	/** One line for each, the budget beside it. */
	lines() {
		return this.#rows.map(({ what, value, budget }) => {
			const verdict = budget === undefined ? "" : `   budget ${budget}${value <= budget ? "" : "   OVER"}`;
			return `${what.padEnd(58)} ${value.toFixed(value < 100 ? 1 : 0).padStart(8)}${verdict}`;
		});
	}
}

export function median(values) {
	const sorted = [...values].sort((left, right) => left - right);
	return sorted[sorted.length >> 1];
}
