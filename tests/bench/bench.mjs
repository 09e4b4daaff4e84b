/**
 * What a node costs on this machine, in both suites, each time beside what a raw UDP echo costs in the same run:
 * npm run bench. Prints a table and writes build/bench/results.json.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Baseline, isPresent } from "./baseline.mjs";
import { compileDtls, dtlsTasks, version as libcoap } from "./dtls.mjs";
import { summary } from "./figures.mjs";
import { foundLamp, fullData, join } from "./home.mjs";
import { PaperLamp, SecureLamp } from "./lamp.mjs";
import { goals, report, sum } from "./report.mjs";
import { measureStages } from "./stages.mjs";
import { nodeStarts, partsOfAStart } from "./starts.mjs";
import { ask, compile, echo, folder, useOneCpu } from "./tools.mjs";

const turns = 5;
const perTurn = {
	echo: 3000,
	announcement: 800,
	task: 1000,
	member: 200,
	// As many as a node grants strangers in ten seconds without a challenge, and some with one.
	edhoc: 6,
	renewal: 8,
	baseline: 1000,
	dtls: 1000
};
const startCount = 30;
const joinCount = 7;
const suites = ["paper", "secure"];

const figures = [];
const memory = [];

function record(name, unit, samples, more = {}) {
	const figure = { name, unit, ...summary(samples), ...more };
	figures.push(figure);
	return figure;
}

/** In turns, so that what else the machine does falls on all of them alike. */
async function roundTrips(homes) {
	const lamps = { paper: new PaperLamp(), secure: new SecureLamp() };
	const raw = await echo();
	const baseline = isPresent ? new Baseline() : undefined;
	const seen = { echo: [], announcement: [], paper: [], secure: [], member: [], edhoc: [], renewal: [] };
	const theirs = [];
	const dtls = [];
	const last = {};
	try {
		await lamps.paper.start(homes.paper);
		await lamps.secure.start(homes.secure, home);
		await baseline?.start();
		for (const suite of suites) {
			await lamps[suite].tasks(1000);
			memory.push({ when: `suite ${suite}, after 1,000 tasks`, size: lamps[suite].size });
		}
		for (let turn = 0; turn < turns; turn += 1) {
			const { secure, paper } = lamps;
			for (let i = 0; i < perTurn.edhoc; i += 1) seen.edhoc.push(await secure.member.edhoc());
			// In a session that is new, so that its first sequence numbers take one byte.
			last.secure = await secure.tasks(perTurn.task);
			seen.secure.push(...last.secure.times);
			const templates = [last.secure.request];
			seen.echo.push(...(await ask({ port: raw.port, count: perTurn.echo, templates })).times);
			last.announcement = await secure.announcements(perTurn.announcement);
			seen.announcement.push(...last.announcement.times);
			last.paper = await paper.tasks(perTurn.task);
			seen.paper.push(...last.paper.times);
			if (baseline !== undefined) theirs.push(...(await baseline.tasks(perTurn.baseline)));
			if (libcoap !== undefined) dtls.push(...(await dtlsTasks(perTurn.dtls)));
			last.member = await secure.member.tasks(perTurn.member);
			seen.member.push(...last.member.times);
			for (let i = 0; i < perTurn.renewal; i += 1) seen.renewal.push(await secure.member.renew());
		}
		const own = await baseline?.bench(2000);
		recordRoundTrips(seen, last);
		if (libcoap !== undefined) record(`task, libcoap ${libcoap} over DTLS-PSK`, "us", dtls);
		if (own !== undefined) recordBaseline(theirs, own);
	} finally {
		raw.stop();
		baseline?.stop();
		for (const lamp of Object.values(lamps)) await lamp.stop();
	}
}

function recordRoundTrips(seen, last) {
	const size = last.secure.request.length;
	record("raw UDP echo in C", "us", seen.echo, { bytes: { request: size, reply: size } });
	record("GET /.well-known/core", "us", seen.announcement, { bytes: last.announcement.bytes });
	record("task, suite paper", "us", seen.paper, { bytes: last.paper.bytes });
	record("task, suite secure", "us", seen.secure, { bytes: last.secure.bytes });
	record("the same, asked by a node", "us", seen.member, onTheWire(last.member.datagrams));
	const timed = samples => samples.map(({ time }) => time);
	const least = Math.min(...seen.edhoc.map(({ datagrams }) => datagrams.length));
	const isPlain = ({ datagrams }) => datagrams.length === least;
	const plain = seen.edhoc.filter(isPlain);
	const challenged = seen.edhoc.filter(run => !isPlain(run));
	record("EDHOC session", "us", timed(plain), onTheWire(plain[0].datagrams));
	if (challenged.length > 0) {
		record("the same, challenged first", "us", timed(challenged), onTheWire(challenged[0].datagrams));
	}
	record(
		"the first task under it",
		"us",
		seen.edhoc.map(({ first }) => first),
		onTheWire(plain[0].then)
	);
	record("first task after a restart", "us", timed(seen.renewal), onTheWire(seen.renewal[0].datagrams));
}

/** `datagrams`: bytes, with ">" before those of who asked. */
function onTheWire(datagrams) {
	const isOut = text => text.startsWith(">");
	const request = sum(datagrams.filter(isOut).map(text => Number(text.slice(1))));
	const reply = sum(datagrams.filter(text => !isOut(text)).map(Number));
	return { trips: datagrams, bytes: { request, reply } };
}

function recordBaseline(times, own) {
	const [request, reply] = own.task_bytes;
	const bytes = { request, reply };
	record("task, the paper's node in Python", "us", times, { bytes });
	const { task_us_median: median, p10, p90, n: count } = own;
	figures.push({ name: "the same, its own client", unit: "us", median, p10, p90, count, bytes });
}

async function startUps(homes) {
	// Where another build is measured, its parts are not ours to measure.
	const parts = process.env.VERIFICHAIN === undefined ? await partsOfAStart(startCount) : [];
	for (const { name, times, sizes } of parts)
		record(`start: ${name}`, "ms", times, { memory: sizes && summary(sizes).median });
	for (const suite of suites) {
		const { times, sizes } = await nodeStarts(startCount, homes[suite].data);
		record(`start: a node, suite ${suite}`, "ms", times, { memory: summary(sizes).median });
		memory.push({ when: `suite ${suite}, after ready`, size: summary(sizes).median });
	}
	// Signatures were checked before the blocks were stored, and are not checked again.
	const { data, blocks } = fullData(home);
	const { times, sizes } = await nodeStarts(startCount, data);
	record(`start: in a home of 64 members and ${blocks} blocks`, "ms", times, {
		memory: summary(sizes).median
	});
}

async function joins(homes) {
	const counted = [];
	for (const suite of suites) {
		const times = [];
		for (let i = 0; i < joinCount; i += 1) times.push((await join(homes[suite], `joiner-${i}`)).time);
		const { passed } = await join(homes[suite], "counted", true);
		const bytesOf = isOut =>
			sum(passed.filter(({ toSponsor }) => toSponsor === isOut).map(({ bytes }) => bytes));
		const bytes = { request: bytesOf(true), reply: bytesOf(false) };
		record(`join: last answer to ready, suite ${suite}`, "ms", times, { bytes });
		counted.push({ suite, passed });
	}
	return counted;
}

await compile();
if (libcoap !== undefined) await compileDtls();
const cpu = useOneCpu();
const home = mkdtempSync(path.join(os.tmpdir(), "verifichain-"));
try {
	console.log("Measuring, for less than a minute ...");
	const homes = {};
	for (const suite of suites) homes[suite] = await foundLamp(home, suite);
	await roundTrips(homes);
	await startUps(homes);
	const counted = await joins(homes);
	const stages = await measureStages();
	const floor = figures[0].median;
	for (const figure of figures) figure.ratio = (figure.median * (figure.unit === "ms" ? 1000 : 1)) / floor;
	const pinned = cpu === undefined ? "on any CPU (no taskset)" : `everything on CPU ${cpu}`;
	const where = `${os.cpus()[0]?.model.trim()}, Linux ${os.release()}; ${pinned}; load ${os.loadavg()[0].toFixed(1)}`;
	report({ figures, memory, joins: counted, stages, where, hasBaseline: isPresent });
	const machine = { cpu: os.cpus()[0]?.model, release: os.release(), pinned: cpu ?? null };
	const results = { machine, goals, figures, memory, joins: counted, stages };
	writeFileSync(path.join(folder, "results.json"), `${JSON.stringify(results, null, "\t")}\n`);
} finally {
	rmSync(home, { recursive: true, force: true });
}
