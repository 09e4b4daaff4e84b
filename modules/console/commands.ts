import { actions, deviceTypes } from "../devices/devices.js";
import { granted } from "./steward-commands.js";
import { wifiHelp, wifiUsage } from "./wifi.js";

/** Seconds that an invitation may last. */
export const inviteRange = Object.freeze({ least: 10, usual: 120, most: 3600 });

function command(usage: string, help: string) {
	return Object.freeze({ usage, help });
}

/** What a person can type: how, and what for. Frozen through and through, so that on a board it stays in flash. */
export const commands = Object.freeze({
	status: command("status", "this node at a glance"),
	members: command("members", "who is in the home"),
	chain: command("chain", "the blocks, as people read them"),
	task: command(
		"task WHO ACTION",
		`have a device do something; WHO is a name, a type (${deviceTypes.join(", ")}) or all, ACTION is ${actions.join(", ")}`
	),
	watch: command("watch WHO", "show a device's state now and when it changes"),
	unwatch: command("unwatch", "stop watching"),
	invite: command(
		"invite [SECONDS]",
		`admit who knows the password, for ${inviteRange.usual} seconds or as long as you say`
	),
	uninvite: command("uninvite", "admit nobody any more"),
	password: command("password", "give the home a new password and PIN"),
	remove: command("remove WHO", "put a node out of the home for good"),
	confirm: command("confirm WHO", "an owner makes a provisional member a member"),
	grant: command(`grant WHO ${granted} LOCK`, `let WHO ${granted} a lock, or all`),
	ungrant: command(`ungrant WHO ${granted} LOCK`, "take a grant back"),
	rotate: command("rotate", "give this node a new key"),
	checkpoint: command("checkpoint", "begin the chain anew with what it comes to; makes room"),
	recover: command("recover WHO", "with the recovery key on paper: make WHO an owner, put a stolen one out"),
	recovery: command("recovery", "see whether a recovery key on paper is this home's"),
	wifi: command(wifiUsage, wifiHelp),
	export: command("export", "the chain as JSON on one line"),
	reset: command("reset", "wipe this node's identity and chain"),
	help: command("help", "this list"),
	quit: command("quit", "end this node; it comes back as it was")
});

export type CommandName = keyof typeof commands;

/** Whether there is a command of that name. */
export function isCommand(name: string): name is CommandName {
	return Object.hasOwn(commands, name);
}
