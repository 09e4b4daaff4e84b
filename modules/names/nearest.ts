/** Most letters of what was typed that are looked at: as many as the longest name has. */
const typedLimit = 24;
/** Most letters in which the word that was meant may differ, where enough was typed. */
const differenceLimit = 3;

/**
 * The word that `text` most likely means, whatever the letters' case: the one with the fewest letters changed, at most a third
 * of them.
 */
export function nearest(text: string, words: Iterable<string>): string | undefined {
	// Nobody means a short word by a long one.
	const typed = text.slice(0, typedLimit).toLowerCase();
	const letters = lettersIn(typed);
	let best: string | undefined;
	let least = Math.min(differenceLimit, Math.max(2, Math.floor(typed.length / 3))) + 1;
	if (typed === "") return undefined;
	for (const word of words) {
		const lower = word.toLowerCase();
		if (lower.startsWith(typed)) {
			if (least <= 1) continue;
			least = 1;
			best = word;
		} else if (bits(letters ^ lettersIn(lower)) <= 2 * (least - 1)) {
			const distance = editDistance(typed, lower, least);
			if (distance >= least) continue;
			least = distance;
			best = word;
		}
	}
	return best;
}

/** Which letters there are, some of them by one bit: one that is changed changes two bits at most. Far cheaper than a distance. */
function lettersIn(text: string): number {
	let letters = 0;
	const { length } = text;
	for (let index = 0; index < length; index += 1) letters |= 1 << (text.charCodeAt(index) & 31);
	return letters;
}

function bits(letters: number): number {
	let count = 0;
	for (let left = letters; left !== 0; left &= left - 1) count += 1;
	return count;
}

/**
 * Letters to insert, delete, replace, or swap with their neighbour, to make one text of the other; `limit` for so many or
 * more: a board takes 10 ms for two words of eight letters. What both begin and end with costs next to nothing.
 */
function editDistance(one: string, other: string, limit: number): number {
	if (Math.abs(one.length - other.length) >= limit) return limit;
	let start = 0;
	let end = 0;
	const shorter = Math.min(one.length, other.length);
	while (start < shorter && one[start] === other[start]) start += 1;
	while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
	const a = one.slice(start, one.length - end);
	const b = other.slice(start, other.length - end);
	let before: number[] = [];
	let row = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i += 1) {
		const next = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const same = a[i - 1] === b[j - 1];
			let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
			const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
			next.push(cost);
		}
		// A swap reaches back over two rows.
		if (Math.min(...row) >= limit && Math.min(...next) >= limit) return limit;
		before = row;
		row = next;
	}
	return row[b.length] ?? 0;
}

/** What a person typed, in quotes, without those that were typed around or in it: two beside each other look wrong. */
export function quoted(text: string): string {
	return `"${text.replaceAll('"', "")}"`;
}
