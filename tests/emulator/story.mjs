import assert from "node:assert/strict";
import { median } from "./figures.mjs";
import {
	addMemoryOfC,
	agree,
	answer,
	assertCalm,
	built,
	edgeAfter,
	memoryOf,
	online,
	openHouse,
	powerOn,
	ready,
	statusOf
} from "./home.mjs";

const presses = 9;
/** Milliseconds in which a remote lamp has to follow a press, whatever else is going on. */
const patience = 15_000;

/**
 * When the requests to a CoAP resource and their replies passed, in milliseconds of the house: those between the two that
 * spoke of it first.
 */
class Passing {
	first;
	last;
	#pair;
	#tokens = new Set();

	constructor(network, name) {
		const wanted = Buffer.from(name);
		const { onDatagram } = network;
		network.onDatagram = datagram => {
			onDatagram(datagram);
			const { at, from, to, data } = datagram;
			const pair = [from, to].sort().join(" ");
			const token = data.subarray(4, 4 + (data[0] & 15)).toString("hex");
			const isPost = data[1] === 2;
			if (isPost && data.includes(wanted)) {
				this.#pair ??= pair;
				if (pair === this.#pair) this.#tokens.add(token);
			}
			if (pair !== this.#pair || !this.#tokens.has(token)) return;
			this.first ??= at / 1e6;
			this.last = at / 1e6;
		};
	}
}

/** Milliseconds from letting a button go to the edge at another board's lamp. */
async function pressToLamp(house, knob, lamp) {
	const { up } = knob.press(built.button);
	return (await edgeAfter(house, lamp, built.line, up, patience)) - up;
}

/** XS's memory in use on a board, garbage included, in KB. */
function usedOf({ memory }) {
	const { slots, chunks } = memory.used;
	return (slots + chunks) / 1024;
}

/** A lamp, a wall switch and a door lock, each a Pico W with the whole image, from the first start on. */
export async function story(context, figures) {
	const house = openHouse();
	const { network } = house;
	const lamp = powerOn(house, "lamp");
	const knob = powerOn(house, "knob");
	const door = powerOn(house, "door");
	const members = [lamp, knob, door];
	const step = (name, act) =>
		context.test(name, async () => {
			await act();
			lookAtMemory();
		});
	const resetMeters = () => {
		for (const { meter } of members) meter.reset();
	};
	/** KB, also of what ran before a power cut or restart. */
	let peak = 0;
	const lookAtMemory = () => {
		for (const { memory } of house.boards) peak = Math.max(peak, (memory?.peak ?? 0) / 1024);
	};
	const standstill = () => Math.max(...members.map(({ meter }) => meter.longest));

	await step("a lamp founds a home over its USB console", async () => {
		const typed = await answer(lamp, { isFirst: true, name: "lamp", type: "light" });
		figures.add("found a home: last answer to ready, ms", lamp.now / 1e6 - typed);
		assert.match(lamp.output, /Recovery key/);
		assert.doesNotMatch(lamp.output, /correct horse|2580/, "a password showed");
	});

	await step("a wrong password is refused and leaves nothing on the chain", async () => {
		const thief = powerOn(house, "thief");
		const end = /Not joined: wrong password or PIN/;
		await answer(thief, { name: "thief", type: "light", secret: "wrong horse", end });
		thief.powerOff();
		// The sponsor takes one at a time, and waits ten seconds for the thief's next try.
		await house.run(12_000);
		assert.equal((await statusOf(lamp)).blocks, 1);
	});

	await step("a switch joins by broadcast and SPAKE2+", async () => {
		const sync = new Passing(network, "sync");
		const edhoc = new Passing(network, "edhoc");
		const typed = await answer(knob, { name: "knob", type: "switch" });
		figures.add("join: PIN typed to ready, discovery and EDHOC included, ms", knob.now / 1e6 - typed);
		figures.add("join: first to last datagram of /sync, ms", sync.last - sync.first, 4_000);
		figures.add("session by EDHOC: first to last datagram, ms", edhoc.last - edhoc.first, 1_500);
		await lamp.waitFor(/admitted knob/);
		await agree([lamp, knob], 2);
	});

	await step("a long press invites, and a lock joins", async () => {
		knob.press(built.button, 4_000);
		await knob.waitFor(/button: inviting/);
		await answer(door, { name: "door", type: "lock" });
		await agree(members, 3);
		figures.add("longest standstill while founding and joining, ms", standstill(), 450);
	});

	await step("a press on one board changes the pin of another", async () => {
		const series = async () => {
			const times = [];
			for (let i = 0; i < presses; i += 1) {
				times.push(await pressToLamp(house, knob, lamp));
				await house.run(500);
			}
			return times;
		};
		const early = await series();
		figures.add(`press to remote LED right after the joins, slowest of ${presses}, ms`, Math.max(...early));
		await house.run(15_000);
		resetMeters();
		const times = await series();
		figures.add(`press to remote LED, warm, median of ${presses}, ms`, median(times), 40);
		figures.add(`press to remote LED, warm, slowest of ${presses}, ms`, Math.max(...times));
		figures.add("longest standstill in these presses, ms", standstill(), 450);
	});

	await step("a switch that had no power sends a press as its first act", async () => {
		knob.powerOff();
		await house.run(2_000);
		const start = house.milliseconds;
		knob.powerOn();
		await knob.waitFor(ready);
		figures.add("boot: power to ready on the console, ms", house.milliseconds - start);
		await knob.waitFor(online);
		figures.add("boot: power to listening in the Wi-Fi, ms", house.milliseconds - start, 2_000);
		figures.add(
			"press to remote LED, first act after a reboot, ms",
			await pressToLamp(house, knob, lamp),
			150
		);
	});

	const attic = house.board("attic", { buttons: [built.button, built.line], outputs: [built.led] });

	await step("a lamp that had no power comes back, catches up, and obeys", async () => {
		await knob.until("task lamp on", /lamp: on/);
		// A light's state is written at most once in ten seconds.
		await house.run(12_000);
		lamp.powerOff();
		await knob.ask("invite", /Inviting/);
		attic.powerOn();
		await answer(attic, { name: "attic", type: "sensor" });
		lamp.powerOn();
		await lamp.waitFor(ready);
		await agree([...members, attic], 4);
		assert.equal(lamp.level(built.line), 1, "lit as it was");
		await pressToLamp(house, knob, lamp);
	});

	await step("a sensor tells who watches of a change, and one that chatters floods nobody", async () => {
		await knob.ask("watch attic", /attic: on/);
		await house.run(5_000);
		attic.meter.reset();
		const told = () => knob.output.match(/attic: (on|off)/g).length;
		for (const [level, state] of [
			[false, "off"],
			[true, "on"]
		]) {
			const start = house.milliseconds;
			attic.drive(built.line, level);
			await knob.waitFor(new RegExp(`attic: ${state}`), 1_000);
			figures.add("change at a sensor's pin to the console of who watches, ms", house.milliseconds - start);
			await house.run(1_500);
		}
		const before = told();
		const seconds = 10;
		for (let change = 0; change < 1_000 * seconds; change += 1) {
			if (change % 7 < 6) attic.drive(built.line, change % 2 === 0, change);
		}
		await house.run(5_000);
		await pressToLamp(house, knob, lamp);
		await knob.ask("task attic read", /attic: (on|off)/, 2_000);
		await house.run(1_000 * seconds - 5_000);
		assert.ok(told() - before <= seconds + 9, `told ${told() - before} times`);
		figures.add("longest standstill of a sensor that chatters, ms", attic.meter.longest, 450);
		attic.drive(built.line, false);
		await house.run(2_000);
		attic.drive(built.line, true);
		await knob.waitFor(/attic: on/, 2_000);
		await knob.ask("unwatch", /./);
		attic.powerOff();
	});

	await step("members lose the Wi-Fi and find back by themselves", async () => {
		network.turnOff(house.now);
		await house.run(20_000);
		await knob.until("status", /link +(offline|joining)/);
		const { up } = lamp.press(built.button);
		figures.add(
			"press to the own LED without a Wi-Fi, ms",
			(await edgeAfter(house, lamp, built.line, up, 1_000)) - up
		);
		network.turnOn();
		const start = house.milliseconds;
		for (const board of members) await board.until("status", /link +online/, 120_000);
		figures.add("Wi-Fi back to all online, s", (house.milliseconds - start) / 1000);
		await pressToLamp(house, knob, lamp);
	});

	await step("a press gets through a Wi-Fi that loses every fifth frame", async () => {
		network.loss = 0.2;
		const times = [];
		for (let i = 0; i < 5; i += 1) {
			times.push(await pressToLamp(house, knob, lamp));
			await house.run(3_000);
		}
		network.loss = 0;
		figures.add("press to remote LED with 20 % loss, slowest of 5, ms", Math.max(...times));
	});

	await step("a board goes into another Wi-Fi that its console tells it, and stays there", async () => {
		Object.assign(network, { ssid: "upstairs", password: "another secret" });
		network.turnOff(house.now);
		network.turnOn();
		await door.until("status", /link +(offline|joining)/, 60_000);
		door.type('wifi "upstairs" another secret');
		await door.until("status", /link +online/, 60_000);
		assert.doesNotMatch(door.output.replace(/wifi [^\n]*/g, ""), /another secret/, "the password showed");
		door.powerOff();
		await house.run(1_000);
		door.powerOn();
		await door.waitFor(online, 60_000);
		Object.assign(network, { ssid: built.ssid, password: built.password });
		door.type(`wifi ${built.ssid} ${built.password}`);
		for (const board of members) await board.until("status", /link +online/, 120_000);
	});

	await step("XS has memory left, and no board restarted by itself", async () => {
		for (const board of members) {
			const before = usedOf(board);
			const told = memoryOf(await statusOf(board));
			// There may be a collection in between.
			const seen = [before, usedOf(board)];
			const isNear = told > Math.min(...seen) - 40 && told < Math.max(...seen) + 40;
			assert.ok(isNear, `${board.name} tells ${told} KB, the memory meter ${seen.join(" and ")}`);
			figures.add(`XS RAM of ${board.name} after its last collection, KB`, board.memory.last / 1024);
		}
		figures.add("XS RAM after a collection, most of any board, KB", peak, 96);
		addMemoryOfC(figures, house.boards);
		assertCalm(members);
	});

	await step("a very long press wipes a board", async () => {
		door.press(built.button, 11_000);
		await door.waitFor(/first node of a new home/, 20_000);
	});
	network.onDatagram = () => {};
}
