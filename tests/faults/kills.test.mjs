/**
 * Real processes, killed at random moments and started again, while lights are switched, a lock is unlocked and a node
 * joins. `FAULTS_SEED` repeats the dice, `FAULTS_KILLS` sets how many kills there are at least.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { Home, password, pin } from "../scenarios/home.mjs";
import { Dice, seed, sleep } from "./dice.mjs";

const homes = 5;
const kills = Number(process.env.FAULTS_KILLS ?? 200);
const types = {
	lamp: "light",
	door: "lock",
	knob: "switch",
	attic: "light",
	porch: "sensor",
	cellar: "light"
};
const joiners = ["attic", "porch", "cellar"];
const isReady = /ready ([0-9a-f]{16}) /;

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
		`${sum("kills")} kills in ${homes} homes, ${sum("duringJoin")} of them during a join; ${sum("switched")} states acknowledged, ${sum("unlocked")} unlockings; nothing lost`
	);
	assert.ok(sum("kills") >= kills);
	assert.ok(sum("switched") >= homes, "lights were switched meanwhile");
});

/** One home in trouble. */
class Troubled {
	kills = 0;
	duringJoin = 0;
	/** Light states that were acknowledged to who asked. */
	switched = 0;
	unlocked = 0;
	#context;
	#dice;
	#home;
	#nodes = {};
	#ids = {};
	/** States that the lamp may be in: one once it was acknowledged, two while a task is under way. */
	#possible = new Set(["off"]);
	/** A light keeps its first state after a start at once, and later ones within 10 seconds: one in each life, so. */
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
			if (joiner === undefined || isReady.test(this.#nodes[joiner].output)) joiner = this.#introduce(waiting);
			if (joiner !== undefined && this.#dice.roll() < 0.7) {
				// The joiner or its sponsor, at any moment of the tenth of a second that a join takes.
				await sleep(this.#dice.between(0, 100));
				await this.#kill(this.#dice.pick([joiner, "lamp"]), joiner);
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

	/** The next one joins; its name, or undefined when all have been introduced. */
	#introduce(waiting) {
		const name = waiting.shift();
		if (name === undefined) return undefined;
		const node = this.#home.node(name, this.#nodes.lamp);
		this.#nodes[name] = node;
		this.#nodes.lamp.type("invite 600");
		node.start("n", name, types[name], password, pin);
		return name;
	}

	/** Switches the lamp and unlocks the door while the others fall. */
	async #work() {
		const { lamp, door, knob } = this.#nodes;
		while (!this.#isOver) {
			await sleep(this.#dice.between(20, 100));
			if (this.#isFresh && lamp.isRunning) {
				this.#isFresh = false;
				const [old] = this.#possible;
				const wanted = old === "on" ? "off" : "on";
				if (this.#possible.size === 1) this.#possible.add(wanted);
				const asker = this.#dice.pick([knob, door]);
				const text = await this.#told(asker, `task lamp ${wanted}`, /lamp: (on|off|no answer)\n/);
				// Sent again, it may have been done in the lamp's next life.
				this.#isFresh = false;
				if (text !== wanted) continue;
				this.#possible = new Set([wanted]);
				this.switched += 1;
			} else if (this.#dice.roll() < 0.3) {
				const text = await this.#told(lamp, "task door unlock", /door: (unlocked|no answer)\n/);
				if (text === "unlocked") this.unlocked += 1;
			}
		}
	}

	/** What a node prints for a command; undefined when it is killed before. */
	async #told(node, command, pattern) {
		try {
			const [, text] = await node.ask(command, pattern, 10_000);
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
		if (joiner !== undefined && !isReady.test(this.#nodes[joiner].output)) this.duringJoin += 1;
		await node.kill();
		this.kills += 1;
		// The light may have been switched in the moment before: what was told then counts.
		const possible = name === "lamp" ? new Set(this.#possible) : undefined;
		node.start();
		if (wasReady) {
			await node.waitFor(isReady, 5_000);
			assert.match(node.output, new RegExp(`ready ${this.#ids[name]} ${name} ${types[name]}`));
		} else {
			const [text] = await node.waitFor(/first node|Password of the home|ready /, 5_000);
			const answers = { "first node": ["n", name, types[name], password, pin], "ready ": [] };
			for (const answer of answers[text] ?? [password, pin]) node.type(answer);
		}
		assert.doesNotMatch(node.output, /damaged/);
		if (name === "door") {
			const lines = [...node.output.split("ready ")[0].matchAll(/line 2 = (\d)/g)];
			assert.notEqual(lines.at(-1)?.[1], "1", "a lock comes up locked");
		}
		if (name !== "lamp") return;
		node.type("invite 600");
		const before = [...node.output.split("ready ")[0].matchAll(/line 2 = (\d)/g)];
		const state = before.at(-1)?.[1] === "1" ? "on" : "off";
		assert.ok(possible.has(state), `the light is ${state}, and was told to be ${[...possible]}`);
		this.#possible = new Set([state]);
		this.#isFresh = true;
	}

	/** In the end everyone is there, once, and all have the same chain. */
	async #settle() {
		this.#nodes.lamp.type("invite 600");
		for (const node of Object.values(this.#nodes)) {
			if (!isReady.test(node.output)) await node.waitFor(isReady, 60_000);
		}
		const names = Object.keys(types);
		const digests = new Set();
		for (const [name, node] of Object.entries(this.#nodes)) {
			await node.until("status", new RegExp(`chain +${names.length} blocks`), 60_000);
			const [, digest] = await node.ask("status", /digest ([0-9a-f]{16})/);
			digests.add(digest);
			const [, listed] = await node.ask("export", /(\[\{.*\}\])\n/);
			const added = JSON.parse(listed).filter(({ kind }) => kind <= 1);
			assert.deepEqual(added.map(({ body }) => body[0]).sort(), [...names].sort());
			assert.equal(isReady.exec(node.output)[1], this.#ids[name] ?? isReady.exec(node.output)[1]);
		}
		assert.equal(digests.size, 1);
		await this.#nodes.knob.until("task lamp off", /lamp: off\n/, 30_000);
	}
}
