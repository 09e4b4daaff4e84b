import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { freePorts, NodeProcess } from "../../hosts/house/node-process.mjs";
import { Bridge } from "./bridge.mjs";
import { answer, assertCalm, built, edgeAfter, openHouse, password, pin, powerOn } from "./home.mjs";

/** A process on this machine joins the home of a Pico W and each has the other one do something. */
export async function linuxNode(context) {
	const house = openHouse();
	const lamp = powerOn(house, "lamp");
	await answer(lamp, { isFirst: true, name: "lamp", type: "light" });
	const [nodePort] = await freePorts(1);
	const bridge = new Bridge({ house, nodePort });
	const data = await mkdtemp(path.join(os.tmpdir(), "verifichain-"));
	const peers = [`127.0.0.1:${await bridge.portFor(lamp)}`];
	const desk = new NodeProcess({ data, port: nodePort, peers, settings: ["line=2"] });
	context.after(async () => {
		await desk.kill();
		await bridge.close();
		await rm(data, { recursive: true, force: true });
	});
	/** Runs the boards while the process does something. */
	const meanwhile = async promise => {
		let isOver = false;
		const end = () => {
			isOver = true;
		};
		promise.then(end, end);
		await house.run(600_000, () => isOver);
		return promise;
	};

	await context.test("it joins through the board", async () => {
		desk.start("n", "desk", "light", password, pin);
		await meanwhile(desk.waitFor(/ready [0-9a-f]{32} desk/, 120_000));
		await lamp.waitFor(/admitted desk/);
		await lamp.until("status", /chain +2 blocks/);
	});

	await context.test("it switches the board's lamp", async () => {
		const since = house.milliseconds;
		await meanwhile(desk.ask("task lamp on", /lamp: on\n/, 60_000));
		await edgeAfter(house, lamp, built.line, since, 1_000);
		assert.equal(lamp.level(built.line), 1);
	});

	await context.test("the board switches its lamp", async () => {
		await lamp.ask("task desk on", /desk: on/, 60_000);
		assert.match(desk.output, /line 2 = 1/);
	});
	assertCalm([lamp]);
}
