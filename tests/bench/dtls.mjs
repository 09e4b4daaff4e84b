/** libcoap over DTLS with a pre-shared key, where its development files are installed. */
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePorts } from "../../hosts/house/node-process.mjs";
import { tool } from "./tools.mjs";

const run = promisify(execFile);
const name = "libcoap-3-openssl";
const asked = spawnSync("pkg-config", ["--modversion", name], { encoding: "utf8" });

/** Its version, or undefined where there is none. */
export const version = asked.status === 0 ? asked.stdout.trim() : undefined;

export async function compileDtls() {
	const { stdout } = await run("pkg-config", ["--cflags", "--libs", name]);
	const source = fileURLToPath(new URL("dtls.c", import.meta.url));
	const flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"];
	await run("cc", [...flags, source, "-o", tool("dtls"), ...stdout.trim().split(/\s+/)]);
}

/** Microseconds of each of so many requests in one session. */
export async function dtlsTasks(count) {
	const [port] = await freePorts(1);
	const { stdout } = await run(tool("dtls"), [port, count].map(String), { timeout: 20_000 });
	return stdout
		.trim()
		.split("\n")
		.map(line => Number(line) / 1000);
}
