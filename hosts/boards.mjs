/**
 * Builds the application for every board with the Moddable SDK, as far as what is installed allows, and prints what
 * each takes: `npm run boards [PLATFORM...] [NAME=VALUE...]`, by default all platforms without Wi-Fi credentials.
 *
 * MODDABLE names the SDK, whose tools are built. The Pico W also needs PICO_SDK_DIR and what the SDK's page on the Pico
 * asks for; the ESP32 is built by ESP-IDF only by `mcconfig` itself: here its modules are compiled and linked for XS.
 *
 * What XS has in use is measured by running the program: on Linux a node alone, as `status` tells it; of the Pico W a
 * home of three in the emulator (tests/emulator), where RP2040_BOOTROM names the chip's boot ROM and the Wi-Fi is not
 * set.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, NodeProcess } from "./house/node-process.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const out = path.join(root, "build/boards");
const chosen = process.argv.slice(2).filter(word => !word.includes("="));
const settings = process.argv.slice(2).filter(word => word.includes("="));

/** Where the Pico's preferences begin: hosts/pico/flash.c. Bytes from the beginning of the flash. */
const picoRoom = 0x1d8000;

const targets = [
	{ name: "Linux", platform: "x-cli-lin", build: linux },
	{ name: "Pico W", platform: "pico/pico_w", build: pico },
	{ name: "ESP32", platform: "esp32", build: esp32 },
	{ name: "ESP32-C3", platform: "esp32/esp32c3", build: esp32 }
];

/** Why a target cannot be built; shown in a line. */
class Missing extends Error {}

function environment(more = {}) {
	const tools = [
		path.join(root, "node_modules/.bin"),
		path.join(process.env.MODDABLE, "build/bin/lin/release")
	];
	return { ...process.env, PATH: [...tools, process.env.PATH].join(path.delimiter), ...more };
}

/** Runs a command of the build; its output only where it fails. */
function run(command, args, more) {
	const { status, stdout, stderr, error } = spawnSync(command, args, {
		cwd: root,
		encoding: "utf8",
		env: environment(more),
		maxBuffer: 1 << 28
	});
	if (error !== undefined) throw new Missing(`${command} is not there`);
	if (status === 0) return stdout;
	const errors = `${stdout}${stderr}`.split("\n").filter(line => /error|not found|\*\*\*|failed/i.test(line));
	throw new Error(errors.slice(0, 12).join("\n") || stderr);
}

/** An empty folder for what a platform's build leaves. */
function folder(platform) {
	const made = path.join(out, platform.replace("/", "-"));
	rmSync(made, { recursive: true, force: true });
	mkdirSync(made, { recursive: true });
	return made;
}

/** The only file below a folder with such a name. */
function find(below, name) {
	const found = readdirSync(below, { recursive: true }).find(file => path.basename(file) === name);
	if (found === undefined) throw new Error(`the build left no ${name}`);
	return path.join(below, found);
}

/** XS's memory and stack in bytes, from what mcconfig gives to its linker; a slot has 16 bytes on a board. */
function xsMemory(below) {
	const [, list = ""] = /^CREATION = -c (\S+)/m.exec(readFileSync(find(below, "makefile"), "utf8")) ?? [];
	const numbers = list.split(",");
	return { memory: Number(numbers[11]), stack: Number(numbers[4]) * 16 };
}

/** text, data and bss as binutils' size counts them. */
function sections(program, size) {
	const [, line = ""] = run(size, [program]).split("\n");
	const [text, data, bss] = line.trim().split(/\s+/).map(Number);
	return { text, data, bss };
}

const config = (platform, to) => [
	"-p",
	platform,
	"-t",
	"build",
	"-o",
	to,
	path.join(root, "manifest.json"),
	...settings
];

/** KB of XS's memory in use on a node of Linux that has just founded a home, garbage included. */
async function linuxMemory(program, to) {
	const [port] = await freePorts(1);
	const node = new NodeProcess({ build: program, data: path.join(to, "data"), port });
	node.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "begun to be measured");
	await node.waitFor(/ready /);
	const [, slots, chunks] = await node.ask("status", /slots (\d+) of \d+, chunks (\d+) of/);
	await node.stop();
	return Number(slots) + Number(chunks);
}

/** What XS has in use on a Pico W at idle and at most, KB after a collection; a note instead where that cannot be had. */
function picoMemory(uf2) {
	if (process.env.RP2040_BOOTROM === undefined) return { note: "XS's memory in use: set RP2040_BOOTROM" };
	const text = run(process.execPath, ["tests/emulator/footprint.mjs"], { PICO_UF2: uf2 });
	const { idle, peak } = JSON.parse(text);
	return { idle: Math.round(idle / 1024), peak: Math.round(peak / 1024) };
}

async function linux({ platform }) {
	const to = folder(platform);
	run("mcconfig", ["-m", ...config(platform, to)]);
	const bin = path.join(to, "bin/lin/release");
	const program = path.join(bin, readdirSync(bin)[0]);
	const sizes = sections(program, "size");
	const idle = await linuxMemory(program, to);
	return { ...sizes, image: statSync(program).size, idle, note: "runs (npm run test:sdk)" };
}

function pico({ platform }) {
	for (const name of ["PICO_SDK_DIR", "PICO_EXTRAS_DIR", "PICO_EXAMPLES_DIR"]) {
		if (!existsSync(process.env[name] ?? "")) throw new Missing(`${name} names no folder`);
	}
	for (const file of ["lib/mbedtls/library/ecp.c", "lib/btstack/3rd-party/micro-ecc/uECC.c"]) {
		if (!existsSync(path.join(process.env.PICO_SDK_DIR, file)))
			throw new Missing(`the pico-sdk has no ${file}`);
	}
	const to = folder(platform);
	// The SDK's makefile for the Pico is written for bash.
	run("mcconfig", ["-m", ...config(platform, to)], { MAKEFLAGS: "-- SHELL=/bin/bash" });
	const elf = find(to, "xs_pico.elf");
	const uf2 = find(to, "xs_pico.uf2");
	const image = imageSize(readFileSync(uf2));
	if (image > picoRoom)
		throw new Error(`the image reaches ${image - picoRoom} bytes into the preferences' flash`);
	const prefix = process.env.PICO_GCC_ROOT === undefined ? "" : `${process.env.PICO_GCC_ROOT}/bin/`;
	const sizes = sections(elf, `${prefix}arm-none-eabi-size`);
	const { note, ...used } = picoMemory(uf2);
	const room = `${picoRoom - image} bytes left before the preferences`;
	return { ...sizes, image, ...xsMemory(to), ...used, note: note === undefined ? room : `${room}; ${note}` };
}

/** Bytes of the flash from its beginning to the end of what a UF2 file writes for the RP2040. */
function imageSize(uf2) {
	let end = 0;
	for (let block = 0; block + 512 <= uf2.length; block += 512) {
		// Family RP2040: what else mcconfig adds is not for this chip.
		if (uf2.readUInt32LE(block + 28) !== 0xe48bff56) continue;
		end = Math.max(end, uf2.readUInt32LE(block + 12) + uf2.readUInt32LE(block + 16) - 0x10000000);
	}
	return end;
}

/** A git repository in place of ESP-IDF, whose version mcconfig asks for before anything else. */
function idf() {
	const given = process.env.IDF_PATH;
	if (given !== undefined && existsSync(given)) return given;
	const made = path.join(out, "no-idf");
	rmSync(made, { recursive: true, force: true });
	mkdirSync(made, { recursive: true });
	const git = (...args) =>
		run("git", ["-C", made, "-c", "user.name=none", "-c", "user.email=none@localhost", ...args]);
	git("init", "-q");
	git("commit", "-q", "--allow-empty", "-m", "none");
	git("tag", "v6.0");
	return made;
}

function esp32({ platform }) {
	const to = folder(platform);
	const more = { IDF_PATH: idf() };
	run(
		"mcconfig",
		config(platform, to).filter(word => word !== "-t" && word !== "build"),
		more
	);
	const makefile = find(to, "makefile");
	const temporary = path.dirname(makefile);
	const chip = readdirSync(temporary).find(name => name.startsWith("xsProj-"));
	const sdkconfig = path.join(temporary, chip, "build/config/sdkconfig.h");
	mkdirSync(path.dirname(sdkconfig), { recursive: true });
	writeFileSync(sdkconfig, "");
	const linked = ["mc.xs.c", "mc.resources.c"].map(name => path.join(temporary, name));
	run("make", ["-f", makefile, "-o", sdkconfig, ...linked], more);
	return {
		...xsMemory(to),
		note: "types, modules and XS link checked; not compiled for the chip (ESP-IDF does that)"
	};
}

const columns = ["text", "data", "bss", "image", "memory", "stack", "idle", "peak"];
const heads = ["text", "data", "bss", "image", "XS memory", "XS stack", "idle, KB", "peak, KB"];

function row(cells) {
	return cells.map((cell, index) => (index === 0 ? cell.padEnd(9) : cell.padStart(10))).join(" ");
}

function shown(value) {
	return value === undefined || Number.isNaN(value) ? "-" : String(value);
}

if (!existsSync(process.env.MODDABLE ?? "")) {
	console.error("MODDABLE names no folder: set it to that of the Moddable SDK, with its tools built.");
	process.exit(1);
}
const notes = [];
let failures = 0;
console.log(row(["bytes", ...heads]));
for (const target of targets) {
	if (chosen.length > 0 && !chosen.includes(target.platform)) continue;
	try {
		const { note, ...sizes } = await target.build(target);
		console.log(row([target.name, ...columns.map(column => shown(sizes[column]))]));
		notes.push(`${target.name}: ${note}`);
	} catch (error) {
		if (!(error instanceof Missing)) failures += 1;
		const what = error instanceof Missing ? "skipped" : "failed";
		notes.push(`${target.name}: ${what}, ${error.message}`);
	}
}
for (const note of notes) console.log(note);
console.log(
	"XS memory of 0 grows as needed. Idle and peak: what XS has in use, on Linux with garbage and of a node alone."
);
process.exitCode = failures === 0 ? 0 : 1;
