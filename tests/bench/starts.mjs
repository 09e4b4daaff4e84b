/** How long starts take, and what memory a node has then. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePorts, program } from "../../hosts/house/node-process.mjs";
import { folder, ownProgram, root, starts, tool } from "./tools.mjs";

/** An empty program, an empty module on XS, all our modules: for each its milliseconds and, on XS, MB. */
export async function partsOfAStart(count) {
	const parts = [{ name: "a C program", ...(await starts(count, tool("echo"))), sizes: undefined }];
	for (const [name, what, source] of probes()) {
		writeFileSync(path.join(folder, `${name}.js`), source);
		const main = ["--main", `../bench/${name}`, "--port", "0"];
		parts.push({ name: what, ...(await starts(count, ownProgram, main)) });
	}
	return parts;
}

/** A node, from spawned to ready. */
export async function nodeStarts(count, data) {
	const [port] = await freePorts(1);
	return starts(count, program, ["--data", data, "--port", String(port)]);
}

function probes() {
	const imports = readFileSync(path.join(root, "build/js/main.js"), "utf8")
		.match(/^import [^;]*;/gm)
		.map(line => line.replace(/^.* from /s, "import ").replace('"./', '"../js/'));
	const empty = 'import Terminal from "terminal";\nnew Terminal({ onLine() {} }).write("ready \\n");\n';
	return [
		["empty", "XS with an empty module", empty],
		["modules", "XS with all modules loaded", `${imports.join("\n")}\n${empty}`]
	];
}
