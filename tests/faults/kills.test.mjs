/**
 * Real processes, killed at random moments and started again, while lights are switched, a lock is unlocked, nodes join
 * and are removed, confirmed, take new keys, are granted and forbidden to unlock, and the owner makes checkpoints.
 * `FAULTS_SEED` repeats the dice, `FAULTS_KILLS` sets how many kills there are at least.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { answerTo, digestOf, Home, tellPassword } from "../scenarios/home.mjs";
import { Dice, seed, sleep } from "./dice.mjs";

const homes = 5;
const kills = Number(process.env.FAULTS_KILLS ?? 200);
const types = {
	lamp: "light",
	door: "lock",
	knob: "switch",
	attic: "light",
	porch: "sensor",
	cellar: "light",
	guest: "switch"
};
const joiners = ["attic", "guest", "porch", "cellar"];
/** Whom the owner removes when it has joined. */
const leaver = "guest";
/** Whom a member admits, so that it is provisional until the owner confirms it; all others are admitted by the owner. */
const newcomer = "porch";
const sponsorOf = name => (name === newcomer ? "door" : "lamp");
/** Who may unlock the door, by the owner's word. */
const grantees = ["knob", "attic"];
/** New keys that a node may take in a row: an owner in an era, another since the last checkpoint. */
const keysOf = name => (name === "lamp" ? 5 : 1);
/** Milliseconds for what a person has a node say on the chain, and for a start: processes may have to wait for each other. */
const patience = 30_000;
/** Milliseconds after which a task that was asked for acts no more: 10 seconds, and what it takes to reach the asker. */
const acting = 12_000;
const isReady = /ready ([0-9a-f]{32}) /;

test("homes whose nodes are killed at random lose nothing that was acknowledged", async context => {
	context.diagnostic(`FAULTS_SEED=${seed}`);
	const each = Math.ceil(kills / homes);
	const lives = Array.from({ length: homes }, (_, index) => new Troubled(context, new Dice(seed + index)));
	// The first that fails ends all: what the others would do to closed homes says nothing.
	const run = life => life.live(each).finally(() => life.kills >= each || lives.map(other => other.end()));
	const ends = await Promise.allSettled(lives.map(run));
	const failed = ends.find(({ status }) => status === "rejected");
	if (failed !== undefined) throw failed.reason;
	const sum = key => lives.reduce((total, life) => total + life[key], 0);
	context.diagnostic(
		`${sum("kills")} kills in ${homes} homes, ${sum("duringJoin")} of them during a join, ${sum("duringDeed")} while a block was asked for; acknowledged: ${sum("switched")} states, ${sum("unlocked")} unlockings, ${sum("granted")} grants, ${sum("rotated")} new keys, ${sum("checkpoints")} checkpoints, ${sum("removed")} removals, ${sum("confirmed")} confirmations; ${homes} homes converged, nothing lost`
	);
	assert.ok(sum("kills") >= kills);
	for (const deed of ["granted", "rotated", "checkpoints", "removed", "confirmed"])
		assert.ok(sum(deed) > 0, deed);
	assert.ok(sum("switched") >= homes, "lights were switched meanwhile");
});

/** One home in trouble. */
class Troubled {
	kills = 0;
	duringJoin = 0;
	/** Light states that were acknowledged to who asked. */
	switched = 0;
	unlocked = 0;
	/** Kills while a block was asked for. */
	duringDeed = 0;
	/** Blocks that were acknowledged to who asked for them. */
	granted = 0;
	rotated = 0;
	checkpoints = 0;
	removed = 0;
	confirmed = 0;
	/** Whether each may unlock the door: one answer once it was acknowledged, two while it is asked for. */
	#may = { knob: new Set([false]), attic: new Set([false]) };
	/** The highest checkpoint that was acknowledged. */
	#checkpoint = 0;
	/** Whether the one who leaves was asked to be removed: from then on it may be. */
	#isLeaving = false;
	#isDeedUnderWay = false;
	/** How often each was asked to take a new key. */
	#keys = { knob: 0, door: 0, lamp: 0 };
	#context;
	#dice;
	#home;
	#nodes = {};
	#ids = {};
	/** States that the lamp may be in: one once it was acknowledged or seen after a start, two when a task was asked for. */
	#possible = new Set(["off"]);
	/** The last task for the lamp: it may act until its time is over, also after a restart; not once it was acknowledged. */
	#task = { wanted: "off", end: 0 };
	/** A light keeps its first states after a start at once, and when there were many, later ones within 10 seconds: one in each life, then. */
	#isFresh = true;
	#isOver = false;

	constructor(context, dice) {
		this.#context = context;
		this.#dice = dice;
	}

	end() {
		this.#isOver = true;
	}

	async live(count) {
		try {
			return await this.#live(count);
		} finally {
			this.end();
		}
	}

	async #live(count) {
		this.#home = await Home.open(this.#context, Object.keys(types).length);
		const lamp = await this.#home.found();
		const door = await this.#home.join("door", "lock", lamp);
		const knob = await this.#home.join("knob", "switch", door);
		this.#nodes = { lamp, door, knob };
		for (const node of [lamp, door, knob]) await node.until("status", /chain +3 blocks/);
		for (const [name, node] of Object.entries(this.#nodes)) this.#ids[name] = isReady.exec(node.output)[1];
		const working = this.#work();
		const waiting = [...joiners];
		let joiner;
		while (this.kills < count && !this.#isOver) {
			if (joiner === undefined || this.#hasJoined(joiner)) joiner = this.#introduce(waiting);
			if (joiner !== undefined && this.#dice.roll() < 0.7) {
				// The joiner or its sponsor, at any moment of the tenth of a second that a join takes.
				await sleep(this.#dice.between(0, 100));
				await this.#kill(this.#dice.pick([joiner, sponsorOf(joiner)]), joiner);
			} else {
				await sleep(this.#dice.between(100, 400));
				await this.#kill(this.#dice.pick(Object.keys(this.#nodes)), joiner);
			}
		}
		this.#isOver = true;
		await working;
		while (this.#introduce(waiting) !== undefined);
		await this.#settle();
		return this;
	}

	#hasJoined(name) {
		this.#ids[name] ??= isReady.exec(this.#nodes[name]?.output ?? "")?.[1];
		return this.#ids[name] !== undefined;
	}

	/** The next one joins; its name, or undefined when all have been introduced. */
	#introduce(waiting) {
		const name = waiting.shift();
		if (name === undefined) return undefined;
		const sponsor = this.#nodes[sponsorOf(name)];
		const node = this.#home.node(name, sponsor);
		this.#nodes[name] = node;
		sponsor.type("invite 600");
		tellPassword(node);
		node.start("n", name, types[name]);
		return name;
	}

	/** Switches the lamp and unlocks the door while the others fall. */
	async #work() {
		const { lamp, door, knob } = this.#nodes;
		while (!this.#isOver) {
			await sleep(this.#dice.between(20, 100));
			if (this.#dice.roll() < 0.5) await this.#govern();
			if (this.#isFresh && lamp.isRunning && Date.now() > this.#task.end) {
				this.#isFresh = false;
				const wanted = this.#possible.has("on") ? "off" : "on";
				this.#task = { wanted, end: Date.now() + acting };
				this.#possible.add(wanted);
				const asker = this.#dice.pick([knob, door]);
				const text = await this.#told(asker, `task lamp ${wanted}`, /lamp: (.*)\n/);
				// Sent again, it may have been done in the lamp's next life.
				this.#isFresh = false;
				if (text !== wanted) continue;
				this.#task = { wanted, end: 0 };
				this.#possible = new Set([wanted]);
				this.switched += 1;
			} else if (this.#dice.roll() < 0.3) {
				const text = await this.#told(lamp, "task door unlock", /door: (unlocked|no answer)\n/);
				if (text === "unlocked") this.unlocked += 1;
			}
		}
	}

	/** Has somebody say something on the chain. */
	async #govern() {
		this.#isDeedUnderWay = true;
		const roll = this.#dice.roll();
		if (roll < 0.35) await this.#grant(this.#dice.pick(grantees));
		else if (roll < 0.45) await this.#confirm();
		else if (roll < 0.6) await this.#rotate(this.#dice.pick(["knob", "door", "lamp"]));
		else if (roll < 0.75) await this.#makeCheckpoint();
		else await this.#removeLeaver();
		this.#isDeedUnderWay = false;
	}

	/** Gives a member the right to unlock the door, or takes it. */
	async #grant(name) {
		if (!this.#hasJoined(name)) return;
		const wanted = this.#dice.roll() < 0.5;
		const known = this.#may[name];
		this.#may[name] = new Set([...known, wanted]);
		const by = this.#nodes.lamp;
		const done = new RegExp(`(${name} may(?: not)? unlock door|No: .*)`);
		const text = await this.#told(by, `${wanted ? "grant" : "ungrant"} ${name} unlock door`, done, patience);
		if (text === undefined) return;
		// The owner may not have heard of it yet.
		if (text.startsWith("No")) this.#may[name] = known;
		else this.#may[name] = new Set([wanted]);
		if (!text.startsWith("No")) this.granted += 1;
	}

	async #rotate(name) {
		const text = await this.#told(this.#nodes[name], "rotate", /(This node has a new key|No: .*)/, patience);
		if (text?.startsWith("This")) this.rotated += 1;
		else if (text !== undefined && !text.includes("as much as it may")) {
			// Before the next checkpoint it may have no place for it beside those whom it admitted.
			assert.ok(
				this.#keys[name] >= keysOf(name),
				`${name} was refused its key ${this.#keys[name] + 1}: ${text}`
			);
		}
		this.#keys[name] += 1;
	}

	/** Whom a member admitted is a member for good, once that was acknowledged. */
	async #confirm() {
		if (!this.#hasJoined(newcomer) || this.confirmed > 0) return;
		const done = new RegExp(`(${newcomer} is confirmed|No: .*)`);
		const text = await this.#told(this.#nodes.lamp, `confirm ${newcomer}`, done, patience);
		// The owner may not have heard of it yet, or have confirmed it before it was killed.
		if (text?.startsWith(newcomer) || text?.endsWith("is a member already.")) this.confirmed = 1;
	}

	async #makeCheckpoint() {
		const done = /(?:Checkpoint (\d+) is made|No: .*)/;
		const text = await this.#told(this.#nodes.lamp, "checkpoint\ny", done, patience);
		if (text === undefined) return;
		assert.ok(Number(text) > this.#checkpoint, `checkpoint ${text} after ${this.#checkpoint}`);
		this.#checkpoint = Number(text);
		this.checkpoints += 1;
	}

	/** Once only, and when it has been a member for a while. */
	async #removeLeaver() {
		if (!this.#hasJoined(leaver) || this.removed > 0 || this.kills < 5) return;
		this.#isLeaving = true;
		const text = await this.#told(
			this.#nodes.lamp,
			`remove ${leaver}\ny`,
			new RegExp(`(${leaver} is removed|No: .*)`),
			patience
		);
		// It may have been removed by what was not acknowledged.
		if (text !== undefined) this.removed = 1;
		// No new password; and invite again, should that have come while the question was open.
		if (this.#nodes.lamp.isRunning) this.#nodes.lamp.type("n\ninvite 600");
	}

	/** What a node prints for a command; undefined when it is killed before. */
	async #told(node, command, pattern, milliseconds = patience) {
		try {
			const [, text] = await node.ask(command, pattern, milliseconds);
			return text;
		} catch {
			// What is on its way from a node that was killed arrives within this time.
			await sleep(30);
			return undefined;
		}
	}

	/** Kills a node and starts it again; `joiner`: who is joining meanwhile, if anyone. */
	async #kill(name, joiner) {
		const node = this.#nodes[name];
		this.#ids[name] ??= isReady.exec(node.output)?.[1];
		const wasReady = this.#ids[name] !== undefined;
		if (joiner !== undefined && !this.#hasJoined(joiner)) this.duringJoin += 1;
		if (this.#isDeedUnderWay) this.duringDeed += 1;
		if (name === "lamp") this.#isFresh = false;
		await node.kill();
		this.kills += 1;
		// The light may have been switched in the moment before: what was told then counts.
		const possible = new Set(this.#possible);
		const task = this.#task;
		node.start();
		if (wasReady) {
			await node.waitFor(isReady, patience);
			assert.match(node.output, new RegExp(`ready ${this.#ids[name]} ${name} ${types[name]}`));
		} else {
			const [text] = await node.waitFor(/first node|Password of the home|ready /, patience);
			if (text === "first node") for (const answer of ["n", name, types[name]]) node.type(answer);
		}
		// Who has not joined yet may have been cut off while it fetched the chain: a founder's blocks without the checkpoint.
		if (wasReady) assert.doesNotMatch(node.output, /damaged/);
		if (name === "door") {
			const lines = [...node.output.split("ready ")[0].matchAll(/line 2 = (\d)/g)];
			assert.notEqual(lines.at(-1)?.[1], "1", "a lock comes up locked");
		}
		if (name === "lamp" || name === sponsorOf(newcomer)) node.type("invite 600");
		if (name !== "lamp") return;
		const before = [...node.output.split("ready ")[0].matchAll(/line 2 = (\d)/g)];
		const state = before.at(-1)?.[1] === "1" ? "on" : "off";
		assert.ok(possible.has(state), `the light is ${state}, and was told to be ${[...possible]}`);
		// Acknowledged since it was killed, perhaps by this life already.
		if (this.#task !== task) return;
		this.#possible = new Set(Date.now() > task.end ? [state] : [state, task.wanted]);
		this.#isFresh = true;
	}

	/** In the end everyone is there, once, all have the same chain, and what was acknowledged holds. */
	async #settle() {
		const { lamp, door } = this.#nodes;
		for (const node of [lamp, door]) node.type("invite 600");
		for (const [name, node] of Object.entries(this.#nodes)) {
			if (!this.#hasJoined(name)) await node.waitFor(isReady, 60_000);
			this.#hasJoined(name);
		}
		// Whoever was asked to leave is out by now, or is asked again.
		if (this.#isLeaving && this.removed === 0) await this.#removeLeaver();
		await lamp.until("members", new RegExp(`${newcomer} \\(`), patience);
		while (this.confirmed === 0) await this.#confirm();
		const staying = Object.entries(this.#nodes).filter(([name]) => name !== leaver || this.removed === 0);
		const names = staying.map(([name]) => name).sort();
		await this.#agree(staying.map(([, node]) => node));
		for (const [name, node] of staying) {
			assert.deepEqual(
				await membersOf(node),
				names.map(member => [this.#ids[member].slice(0, 8), member]).sort(),
				name
			);
			const [, listed] = await node.ask("export", /(\[\{.*\}\])\n/);
			const numbers = JSON.parse(listed).flatMap(({ kind, body }) => (kind === 5 ? [body[2]] : []));
			assert.ok(
				Math.max(0, ...numbers) >= this.#checkpoint,
				`checkpoint ${numbers}, told ${this.#checkpoint}`
			);
			await node.ask("members", new RegExp(`${newcomer} \\(${types[newcomer]}\\)`));
			await node.ask("chain", /^base /m);
			await node.ask("status", /digest/);
			assert.doesNotMatch(node.output, / {2}! {2}/, `${name} shows no two blocks with one number`);
		}
		await answerTo(this.#nodes.knob, "task lamp off", /lamp: off\n/);
		for (const [name, known] of Object.entries(this.#may)) {
			const [, text] = await answerTo(
				this.#nodes[name],
				"task door unlock",
				/door: (unlocked|not granted)\n/
			);
			assert.ok(known.has(text === "unlocked"), `${name}: ${text}, and was told ${[...known]}`);
		}
		await answerTo(door, "task lamp on", /lamp: on\n/);
		if (this.removed > 0) await this.#nodes[leaver].until("status", /removed from the home/, 180_000);
	}

	/** Waits until all have the same digest. */
	async #agree(nodes) {
		for (let tries = 0; ; tries += 1) {
			const digests = new Set();
			for (const node of nodes) digests.add(await digestOf(node));
			if (digests.size === 1) return;
			assert.ok(
				tries < 240,
				`one digest: ${[...digests]}\n${nodes.map(node => node.output).join("\n---\n")}`
			);
			await sleep(250);
		}
	}
}

/** The first 8 digits of the members' ids, and their names, in order of the ids. */
async function membersOf(node) {
	const start = node.output.length;
	await node.ask("members\nstatus", /digest/);
	const found = node.output.slice(start).matchAll(/^([0-9a-f]{8}) {2}(\S+) \(/gm);
	return [...found].map(([, id, name]) => [id, name]).sort();
}
