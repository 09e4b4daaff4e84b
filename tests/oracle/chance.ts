/** Numbers that look random and follow from a seed (mulberry32). */
export class Chance {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** From 0 to below 1. */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let t = this.#state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	}

	below(bound: number): number {
		return Math.floor(this.next() * bound);
	}

	is(probability: number): boolean {
		return this.next() < probability;
	}

	/** One of a list that is not empty. */
	pick<Item>(list: readonly Item[]): Item {
		const item = list[this.below(list.length)];
		if (item === undefined) throw new RangeError("an empty list");
		return item;
	}

	some<Item>(list: readonly Item[], probability: number): Item[] {
		return list.filter(() => this.is(probability));
	}

	shuffled<Item>(list: readonly Item[]): Item[] {
		return list
			.map(item => ({ item, at: this.next() }))
			.sort((a, b) => a.at - b.at)
			.map(({ item }) => item);
	}
}
