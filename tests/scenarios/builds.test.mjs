import assert from "node:assert/strict";
import test from "node:test";
import { answerTo, digestOf, Home, hasBlocks } from "./home.mjs";

const build = process.env.VERIFICHAIN_SDK;
const options = build === undefined ? { skip: "no build by mcconfig here" } : {};

test("nodes built by mcconfig and by npm make one home", options, async context => {
	const home = await Home.open(context, 3);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp, { build });
	const knob = await home.join("knob", "switch", door);
	for (const node of [lamp, door, knob]) await hasBlocks(node, 3);
	assert.equal(await digestOf(door), await digestOf(lamp));
	await lamp.ask("task door unlock", /door: unlocked\n/);
	await door.ask("task lamp on", /lamp: on\n/);
	await door.kill();
	door.start();
	await door.waitFor(/ready [0-9a-f]{32} door lock/);
	await answerTo(lamp, "task door read", /door: locked\n/);
});
