/** What a row of measurements comes to. */

export function summary(samples) {
	const sorted = [...samples].sort((a, b) => a - b);
	const at = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
	return { median: at(0.5), p10: at(0.1), p90: at(0.9), count: sorted.length };
}

/** Three digits that count. */
export function number(value) {
	if (value >= 100) return value.toFixed(0);
	return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Rows of text as a table, the first column to the left and the others to the right. */
export function table(rows) {
	const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
	return rows
		.map(row =>
			row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join("  ")
		)
		.join("\n");
}
