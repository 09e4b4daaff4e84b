/** Draws what a simulation measured, as SVG: four small charts over the number of nodes. */

const chart = { width: 340, height: 190, left: 62, top: 34, right: 12, bottom: 34 };
const [blue, orange] = ["#1f6fb2", "#c4561a"];

/** `figures`: what `simulate.mjs` writes. */
export function plot({ joins, healing }) {
	const charts = [
		drawn("A join, until all know it (s)", joins, "milliseconds", 1000, blue),
		drawn("Two halves, until they are one (s)", healing, "milliseconds", 1000, orange),
		drawn("Datagrams and kB for a join", joins, "messages", 1, blue, "bytes"),
		drawn("Datagrams and kB for two halves", healing, "messages", 1, orange, "bytes")
	];
	const [width, height] = [2 * chart.width, 2 * chart.height];
	const placed = charts.map(
		(text, index) =>
			`<g transform="translate(${(index % 2) * chart.width} ${(index >> 1) * chart.height})">${text}</g>`
	);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="#333">`,
		"<title>Simulated homes: time, datagrams and bytes over the number of nodes</title>",
		`<rect width="${width}" height="${height}" fill="#fff"/>`,
		...placed,
		"</svg>\n"
	].join("\n");
}

/** One chart of a value over the number of nodes; `second`: bytes, on the same axis in kB, dashed. */
function drawn(title, points, key, unit, color, second) {
	const values = points.map(point => point[key] / unit);
	const kilobytes = second === undefined ? [] : points.map(point => point[second] / 1000);
	const top = ceiling(Math.max(...values, ...kilobytes));
	const most = Math.ceil(Math.max(...points.map(({ size }) => size)) / 10) * 10;
	const [innerWidth, innerHeight] = [
		chart.width - chart.left - chart.right,
		chart.height - chart.top - chart.bottom
	];
	const x = size => round(chart.left + (size / most) * innerWidth);
	const y = value => round(chart.top + innerHeight * (1 - value / top));
	const line = (list, dash) => {
		const path = points.map(({ size }, index) => `${x(size)},${y(list[index])}`).join(" ");
		return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5"${dash}/>`;
	};
	const dots = values.map(
		(value, index) =>
			`<circle cx="${x(points[index].size)}" cy="${y(value)}" r="${points.length > 10 ? 1.5 : 3}" fill="${color}"/>`
	);
	const grid = [0, 0.25, 0.5, 0.75, 1].map(part => {
		const at = y(top * part);
		return `<line x1="${chart.left}" x2="${chart.width - chart.right}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${chart.left - 6}" y="${at + 4}" text-anchor="end">${label(top * part)}</text>`;
	});
	const ticks = Array.from({ length: most / 10 + 1 }, (_, index) => index * 10).map(
		size => `<text x="${x(size)}" y="${chart.height - 18}" text-anchor="middle">${size}</text>`
	);
	return [
		`<text x="${chart.left}" y="20" font-weight="bold">${title}</text>`,
		...grid,
		...ticks,
		`<text x="${chart.width - chart.right}" y="${chart.height - 4}" text-anchor="end">nodes</text>`,
		line(values, ""),
		...dots,
		...(second === undefined
			? []
			: [
					line(kilobytes, ' stroke-dasharray="4 3"'),
					`<text x="${chart.left + 8}" y="${chart.top + 12}">solid: datagrams, dashed: kB</text>`
				])
	].join("\n");
}

/** The next of 1, 2, 4, 5 or 8 times a power of ten. */
function ceiling(value) {
	const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.01)));
	return power * ([1, 2, 4, 5, 8, 10].find(step => step * power >= value) ?? 10);
}

function label(value) {
	return String(Math.round(value * 1000) / 1000);
}

function round(value) {
	return Math.round(value * 10) / 10;
}
