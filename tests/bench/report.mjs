/** Prints what was measured, beside what the design wants. */
import { number, table } from "./figures.mjs";

/** The budgets: bytes of a task and its reply, of a join; milliseconds to ready; MB. */
export const goals = {
	taskBytes: 72,
	toPaper: 1,
	toDtls: 2,
	joinTrips: 3,
	joinBytes: 900,
	start: 40,
	memory: 10
};

const judged = (value, goal) => `goal ${goal}: ${value <= goal ? "met" : "NOT MET"}`;

export function report({ figures, memory, joins, stages, where, hasBaseline }) {
	console.log(`\n${where}\n`);
	console.log(rowsOf(figures));
	console.log();
	const by = name => figures.find(figure => figure.name === name);
	const { request, reply } = by("task, suite secure").bytes;
	const taskBytes = request + reply;
	console.log(
		`a sealed task and its reply: ${taskBytes} bytes of UDP payload, ${judged(taskBytes, goals.taskBytes)}`
	);
	if (!hasBaseline) console.log("skipped: the paper's node in Python is not at ../shared/baseline");
	for (const suite of hasBaseline ? ["paper", "secure"] : []) compare(by, suite);
	const dtls = figures.find(({ name }) => name.startsWith("task, libcoap"));
	if (dtls === undefined) console.log("skipped: libcoap with DTLS (libcoap-3-openssl) is not installed");
	else {
		const ratio = by("task, suite secure").median / dtls.median;
		console.log(
			`a task in suite secure takes ${number(ratio)} x the time of libcoap over DTLS-PSK, both ends in C; ${judged(ratio, goals.toDtls)}`
		);
	}
	console.log(`where a sealed task's time goes: ${parts(stages, by).join("; ")}`);
	for (const figure of figures.filter(({ name }) => name.startsWith("start: a node")))
		console.log(`${figure.name}: ${number(figure.median)} ms, ${judged(figure.median, goals.start)}`);
	for (const { when, size } of memory)
		console.log(`memory, ${when}: ${number(size)} MB, ${judged(size, goals.memory)}`);
	for (const { suite, passed } of joins) listed(suite, passed);
	const { trips } = by("EDHOC session");
	console.log(
		`an EDHOC session: ${trips.join(" ")}; first task after a restart: ${by("first task after a restart").trips.join(" ")}`
	);
	console.log('    (bytes of each datagram, with ">" before those of who asked)');
}

function rowsOf(figures) {
	const rows = [["", "median", "p10", "p90", "", "n", "to echo", "bytes out + in"]];
	for (const { name, unit, median, p10, p90, count, ratio, bytes } of figures) {
		const ratioText = ratio === undefined ? "" : `${number(ratio)} x`;
		const sizes = bytes === undefined ? "" : `${bytes.request} + ${bytes.reply}`;
		rows.push([name, number(median), number(p10), number(p90), unit, String(count), ratioText, sizes]);
	}
	return table(rows);
}

function compare(by, suite) {
	const ours = by(`task, suite ${suite}`).median;
	const theirs = [by("task, the paper's node in Python").median, by("the same, its own client").median];
	const [same, own] = theirs.map(median => number(ours / median));
	console.log(
		`a task in suite ${suite} takes ${same} x the time of the paper's node in Python under the same client, ${own} x with both ends in Python; ${judged(ours / theirs[0], goals.toPaper)}`
	);
}

/** The microseconds of a task by what they are spent on. What is not measured by itself is what remains. */
function parts({ endpoint, oscore, resources, notation, ccm }, by) {
	const echo = by("raw UDP echo in C").median;
	const task = by("task, suite secure").median;
	return [
		[echo, "the way, as the raw echo"],
		[endpoint, "CoAP messages, duplicates"],
		[oscore - endpoint, `OSCORE, of it ${number(ccm)} us AES-CCM`],
		[resources - oscore, "block-wise transfer, resources"],
		[notation - resources, "the task and its reply in CBOR"],
		[task - echo - notation, "the socket in XS, membership, the device, a line on the console"]
	].map(([time, what]) => `${number(time)} us ${what}`);
}

function listed(suite, passed) {
	// What comes after the last answer of /sync is the first session and the first look at the chain.
	const last = passed.findLastIndex(({ what }) => what === "/sync") + 2;
	for (const [until, part] of [
		["admitted", passed.slice(0, last)],
		["ready", passed]
	]) {
		const bytes = sum(part.map(datagram => datagram.bytes));
		const trips = part.filter(({ toSponsor }) => toSponsor).length;
		console.log(
			`join, suite ${suite}, until ${until}: ${trips} round trips, ${judged(trips, goals.joinTrips)}; ${bytes} bytes, ${judged(bytes, goals.joinBytes)}`
		);
	}
	for (const { toSponsor, what, bytes } of passed)
		console.log(`    ${toSponsor ? "joiner  ->" : "sponsor ->"}  ${what}  ${bytes}`);
}

export function sum(values) {
	return values.reduce((total, value) => total + value, 0);
}
