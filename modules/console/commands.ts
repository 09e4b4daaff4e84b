import { actions, deviceTypes } from "../devices/devices.js";
import { withWord } from "./name-commands.js";
import { granted } from "./steward-commands.js";
import { wifiHelp, wifiUsage } from "./wifi.js";

/** Seconds that an invitation may last. */
export const inviteRange = Object.freeze({ least: 10, usual: 120, most: 3600 });

function command(usage: string, help: string, example: string) {
	return Object.freeze({ usage, help, example });
}

/** What a person can type: how, what for, and an example. Frozen through and through, so that on a board it stays in flash. */
export const commands = Object.freeze({
	status: command("status", "this node at a glance", "status"),
	members: command("members", "who is in the home, may what, and was heard when", "members"),
	chain: command("chain", "the blocks, as people read them", "chain"),
	task: command(
		"task WHO ACTION",
		`have a device do something; WHO is a name, a type (${deviceTypes.join(", ")}) or all, ACTION is ${actions.join(", ")}`,
		"task lamp on"
	),
	watch: command("watch WHO", "show a device's state now and when it changes", "watch door"),
	unwatch: command("unwatch", "stop watching", "unwatch"),
	invite: command(
		"invite [SECONDS]",
		`admit who knows the password, for ${inviteRange.usual} seconds or as long as you say`,
		"invite 600"
	),
	uninvite: command("uninvite", "admit nobody any more", "uninvite"),
	password: command("password", "give the home a new password and PIN", "password"),
	remove: command("remove WHO", "put a node out of the home for good", "remove porch"),
	replace: command(
		`replace OLD ${withWord} NEW`,
		"a new node takes the place of a dead one: its name and grants; the dead one is out for good",
		`replace lamp ${withWord} lamp 2`
	),
	rename: command("rename NAME", "call this node otherwise", "rename porch light"),
	confirm: command("confirm WHO", "an owner makes a provisional member a member", "confirm porch"),
	grant: command(
		`grant WHO ${granted} LOCK`,
		`let WHO ${granted} a lock, or all`,
		`grant wall ${granted} door`
	),
	ungrant: command(`ungrant WHO ${granted} LOCK`, "take a grant back", `ungrant wall ${granted} all`),
	grants: command("grants", "who was granted what", "grants"),
	rotate: command("rotate", "give this node a new key", "rotate"),
	checkpoint: command("checkpoint", "begin the chain anew with what it comes to; makes room", "checkpoint"),
	recover: command(
		"recover WHO",
		"with the recovery key on paper: make WHO an owner, put a stolen one out",
		"recover door"
	),
	recovery: command("recovery", "see whether a recovery key on paper is this home's", "recovery"),
	wifi: command(wifiUsage, wifiHelp, 'wifi "our home"'),
	line: command("line N 0|1", "set a virtual input line (this machine has no real ones)", "line 3 1"),
	export: command("export", "the chain as JSON on one line", "export"),
	reset: command("reset", "wipe this node's identity and chain", "reset"),
	help: command("help [COMMAND]", "this list, or more about one of them", "help task"),
	quit: command("quit", "end this node; it comes back as it was", "quit")
});

export type CommandName = keyof typeof commands;

/** Whether there is a command of that name. */
export function isCommand(name: string): name is CommandName {
	return Object.hasOwn(commands, name);
}
