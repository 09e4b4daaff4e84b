import assert from "node:assert/strict";
import { addMemoryOfC, assertCalm, built, edgeAfter, online } from "./home.mjs";
import { keptHome, nameOf } from "./kept-home.mjs";
import { isWholeNight } from "./night.mjs";
import { textOf } from "./packets.mjs";

/** Milliseconds in which a home finds itself again after the network is back, without anybody's doing. */
const homeBudget = 15_000;
/** Milliseconds of the first press after it, and of a task for all once the home is back. */
const actBudget = 2_000;
/** Milliseconds for which the access point is away. */
const away = 60_000;
const patience = 60_000;

/** What the access point does while it is away; the first board is the lamp, the second mostly a switch. */
const changes = Object.freeze({
	"other leases for all": ({ dhcp }) => dhcp.forget(150),
	"another subnet": accessPoint => accessPoint.moveTo("10.0.7.1"),
	"two that swap their addresses": ({ dhcp }, [first, second]) => {
		const [one, other] = [first, second].map(({ wifi }) => dhcp.addressFor(wifi.mac));
		dhcp.assign(first.wifi.mac, other);
		dhcp.assign(second.wifi.mac, one);
	},
	"one alone that moves": ({ dhcp }, [lamp]) => dhcp.assign(lamp.wifi.mac, Uint8Array.of(192, 168, 4, 77))
});
const powerCut = "other leases after a power cut";
/** Which of them in homes of which size; at night all in all. */
const usual = Object.freeze({
	2: ["other leases for all", powerCut],
	3: ["another subnet", "one alone that moves", powerCut],
	5: ["other leases for all", "two that swap their addresses", powerCut]
});

/** A home whose boards get other addresses, all at once or some of them, finds itself again. */
export async function newLeases(context, figures) {
	for (const [members, some] of Object.entries(usual)) {
		for (const what of isWholeNight ? [...Object.keys(changes), powerCut] : some) {
			await context.test(`a home of ${members}: ${what}`, () => moved(Number(members), what, figures));
		}
	}
	await context.test("other addresses while the network stays: leases that are not renewed", () =>
		renewed(figures)
	);
}

const addressOf = ({ network }, { wifi }) => textOf(network.accessPoint.addressFor(wifi.mac));

/** The access point is away for a minute. */
async function moved(members, what, figures) {
	const { house, boards } = await keptHome(members);
	const { network } = house;
	await house.run(20_000);
	const isCut = what === powerCut;
	network.turnOff(house.now);
	if (isCut) for (const board of boards) board.powerOff();
	await house.run(away);
	changes[isCut ? "other leases for all" : what](network.accessPoint, boards);
	network.turnOn();
	const start = house.milliseconds;
	if (isCut) for (const board of boards) board.powerOn();
	for (const board of boards) await board.waitFor(online, patience);
	figures.most(`${what}: network back to all online, ms`, house.milliseconds - start, homeBudget);
	await house.run(200);
	const took = await press(house, boards);
	figures.most(`${what}: first press to remote LED, ms`, took, actBudget);
	assert.ok(took < actBudget, `the first press took ${took} ms`);
	await house.run(start + homeBudget - house.milliseconds);
	await allReachAll(house, boards, what, figures);
	for (const board of boards) await printsItsAddress(house, board, 2);
	addMemoryOfC(figures, boards);
	assertCalm(boards);
}

/** The access point stays, and gives other addresses to who renews its lease: a router that was set up anew. */
async function renewed(figures) {
	const what = "leases that are not renewed";
	const { house, boards } = await keptHome(2, { leaseTime: 120 });
	const { dhcp } = house.network.accessPoint;
	const before = boards.map(board => addressOf(house, board));
	// lwIP looks at its leases once a minute.
	await house.run(200_000);
	for (const [index, board] of boards.entries()) assert.equal(addressOf(house, board), before[index]);
	dhcp.forget(150);
	for (const board of boards) await board.waitFor(/network is there, as 192\.168\.4\.15\d/, 200_000);
	const took = await press(house, boards);
	figures.most(`${what}: first press to remote LED, ms`, took, actBudget);
	assert.ok(took < actBudget, `the first press took ${took} ms`);
	await house.run(homeBudget);
	await allReachAll(house, boards, what, figures);
	for (const board of boards) await printsItsAddress(house, board, 2);
	assertCalm(boards);
}

/** Milliseconds from a press at the last board to the lamp's edge. */
async function press(house, boards) {
	const { up } = boards.at(-1).press(built.button);
	return (await edgeAfter(house, boards[0], built.line, up, patience)) - up;
}

async function allReachAll(house, boards, what, figures) {
	const names = boards.map((_, index) => nameOf(index)).join("|");
	const answers = new RegExp(`((${names}): [a-z ]+\\r?\n[^:]*){${boards.length}}`);
	for (const board of boards) {
		const asked = house.milliseconds;
		const [told] = await board.ask("task all read", answers, 20_000);
		const took = house.milliseconds - asked;
		assert.doesNotMatch(told, /no answer/, `${board.name}: ${told}`);
		figures.most(`${what}: a task for all from any board, slowest, ms`, took, actBudget);
		assert.ok(took < actBudget, `a task for all from ${board.name} took ${took} ms`);
	}
}

/** It has told of its address that many times, lastly of the one that it has. */
async function printsItsAddress(house, board, times) {
	const now = addressOf(house, board);
	const said = [...board.output.matchAll(/network is there, as ([\d.]+)/g)].map(([, address]) => address);
	assert.deepEqual([said.length, said.at(-1)], [times, now], `${board.name} said ${said}`);
	const [, own] = await board.ask("status", /link +online, ([\d.]+)/);
	assert.equal(own, now);
}
