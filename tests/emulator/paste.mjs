import assert from "node:assert/strict";
import {
	answer,
	assertCalm,
	built,
	edgeAfter,
	standstillLimit as limit,
	openHouse,
	powerOn
} from "./home.mjs";

const up = "\u001b[A";
const ctrlU = "\u0015";
const longLine = "x".repeat(1_000);
const pastes = Object.freeze({
	"thirty lines that mean nothing": "nonsense\r".repeat(30),
	"thirty lines of commands": "status\r".repeat(30),
	"a word of 1,000 letters": `${longLine}\r`,
	"500 letters beyond ASCII": `${"é".repeat(500)}\r`,
	"a task for whom nobody knows": `task ${"x ".repeat(450)}on\r`,
	"a grant for whom nobody knows": `grant lamp unlock ${"x".repeat(980)}\r`,
	"a line of spaces": `${" ".repeat(1_000)}\r`,
	"a line of 2 KB": `${"y".repeat(2_048)}\r`,
	"a long line that is brought back and removed again and again": `${longLine}\r${up.repeat(20)}${ctrlU}`,
	"a long line that is removed by the key": `${longLine}${"\u007f".repeat(longLine.length)}`
});

/** What is pasted at the console keeps no press waiting, and is done whole. */
export async function paste(context, figures) {
	const house = openHouse();
	const lamp = powerOn(house, "lamp");
	await answer(lamp, { isFirst: true, name: "lamp", type: "light" });
	await house.run(5_000);
	for (const [what, text] of Object.entries(pastes)) {
		await context.test(what, async () => {
			lamp.meter.reset();
			lamp.typeKeys(text);
			await house.run(50);
			// The pin changes when the button is let go: the whole press lies in the paste.
			const { up: released } = lamp.press(built.button);
			const seen = (await edgeAfter(house, lamp, built.line, released, 5_000)) - released;
			await lamp.ask("endmark", /no command "endmark"/, 20_000);
			figures.add(`longest standstill with ${what} pasted, ms`, lamp.meter.longest, limit);
			assert.ok(lamp.meter.longest < limit, `stood still for ${lamp.meter.longest} ms`);
			assert.ok(seen < limit, `the press came ${seen} ms late`);
		});
	}
	await context.test("every line of it is answered", async () => {
		const start = lamp.output.length;
		lamp.typeKeys("nonsense\r".repeat(30));
		await house.run(5_000);
		const answers = lamp.output.slice(start).match(/There is no command/g) ?? [];
		assert.equal(answers.length, 30);
	});
	assertCalm([lamp]);
}
