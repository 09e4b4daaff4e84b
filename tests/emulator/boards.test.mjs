import test from "node:test";
import { consoleLines } from "./console-lines.mjs";
import { crowd } from "./crowd.mjs";
import { endurance } from "./endurance.mjs";
import { field } from "./field.mjs";
import { Figures } from "./figures.mjs";
import { largestHome, oldestHome } from "./full-home.mjs";
import { whyNoImage } from "./image.mjs";
import { linuxNode } from "./linux-node.mjs";
import { manyPress } from "./many-press.mjs";
import { newLeases } from "./new-leases.mjs";
import { paste } from "./paste.mjs";
import { powerCuts } from "./power-cuts.mjs";
import { stackOverflow } from "./stack.mjs";
import { story } from "./story.mjs";

test("the real image on emulated Pico W boards", { skip: whyNoImage() ?? false }, async context => {
	const figures = new Figures();
	await context.test("micro-ecc's arithmetic in the chip's instructions", () => field());
	await context.test("a home from its first start on", each => story(each, figures));
	await context.test("the power is cut in the middle of a join", each => powerCuts(each, figures));
	await context.test("a Linux node in the same home", each => linuxNode(each));
	await context.test("a terminal at the console's line", each => consoleLines(each));
	await context.test("what is pasted at the console", each => paste(each, figures));
	await context.test("a C stack that runs out", () => stackOverflow());
	await context.test("many who press", each => manyPress(each, figures));
	await context.test("other addresses for a home's boards", each => newLeases(each, figures));
	await context.test("one more board in a home of many", () => crowd(figures));
	await context.test("a board in the largest home there can be", each => largestHome(each, figures));
	await context.test("a board in such a home that had a checkpoint before", each =>
		oldestHome(each, figures)
	);
	await context.test("half an hour without a leak", each => endurance(each, figures));
	for (const line of figures.lines()) context.diagnostic(line);
});
