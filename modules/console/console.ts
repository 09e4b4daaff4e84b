import { toHex } from "../bytes/bytes.js";
import { type IdText, type Member, rankName } from "../chain/chain.js";
import type { Cancel } from "../clock/clock.js";
import { type Action, ActionError, actions, deviceTypes, isAction, typeName } from "../devices/devices.js";
import { addressText, type Node, type TaskResult } from "../node/node.js";
import { roomHint, StoreError } from "../store/store.js";
import { blockLine, evidenceLine } from "./chain-text.js";
import type { Command } from "./command.js";
import { exportBlock } from "./export.js";
import { type Machine, machineLines } from "./machine.js";
import { nearest } from "./nearest.js";
import type { Questions, Screen } from "./questions.js";
import { askPassword } from "./setup.js";
import { StewardCommands } from "./steward-commands.js";
import { joinWifi, wifiHelp, wifiUsage } from "./wifi.js";

export { type Beginning, FirstStart } from "./first-start.js";
export type { Machine } from "./machine.js";
export { Questions, type Screen } from "./questions.js";
export type { GivenAnswers } from "./setup.js";
export { askWifi, joinWifi } from "./wifi.js";

export interface ConsoleOptions {
	readonly screen: Screen;
	readonly questions: Questions;
	readonly node: Node;
	readonly port: number;
	readonly machine: Machine;
	/** The person wants the program to end. */
	readonly onQuit: () => void;
	/** Everything was wiped. */
	readonly onWiped: () => void;
}

/** Seconds that an invitation may last. */
export const inviteRange = Object.freeze({ least: 10, usual: 120, most: 3600 });

/** The command line of a node. */
export class Console {
	readonly #options: ConsoleOptions;
	readonly #commands: ReadonlyMap<string, Command>;
	readonly #watching = new Map<IdText, Cancel>();

	constructor(options: ConsoleOptions) {
		this.#options = options;
		this.#commands = new Map<string, Command>([
			["status", { usage: "status", help: "this node at a glance", run: () => this.#status() }],
			["members", { usage: "members", help: "who is in the home", run: () => this.#members() }],
			["chain", { usage: "chain", help: "the blocks, as people read them", run: () => this.#chain() }],
			[
				"task",
				{
					usage: "task WHO ACTION",
					help: `have a device do something; WHO is a name, a type (${deviceTypes.join(", ")}) or all, ACTION is ${actions.join(", ")}`,
					run: rest => this.#task(rest)
				}
			],
			[
				"watch",
				{
					usage: "watch WHO",
					help: "show a device's state now and when it changes",
					run: rest => this.#watch(rest)
				}
			],
			["unwatch", { usage: "unwatch", help: "stop watching", run: () => this.#unwatch() }],
			[
				"invite",
				{
					usage: "invite [SECONDS]",
					help: `admit who knows the password, for ${inviteRange.usual} seconds or as long as you say`,
					run: rest => this.#invite(rest)
				}
			],
			["uninvite", { usage: "uninvite", help: "admit nobody any more", run: () => this.#uninvite() }],
			[
				"password",
				{ usage: "password", help: "give the home a new password and PIN", run: () => this.#password() }
			],
			...new StewardCommands({
				node: options.node,
				questions: options.questions,
				write: text => this.#write(text),
				changePassword: () => this.#password()
			}).all,
			["wifi", { usage: wifiUsage, help: wifiHelp, run: rest => this.#wifi(rest) }],
			["export", { usage: "export", help: "the chain as JSON on one line", run: () => this.#export() }],
			["reset", { usage: "reset", help: "wipe this node's identity and chain", run: () => this.#reset() }],
			["help", { usage: "help", help: "this list", run: () => this.#help() }],
			["quit", { usage: "quit", help: "end this node; it comes back as it was", run: () => options.onQuit() }]
		]);
	}

	/** Carries out a line that was typed; null for one that is no text. Never throws for what a person can type. */
	execute(line: string | null): void {
		if (line === null) {
			this.#write("That line is too long, or not UTF-8.");
			return;
		}
		const [, word = "", rest = ""] = /^\s*(\S*)\s*(.*?)\s*$/.exec(line) ?? [];
		if (word === "") return;
		const command = this.#commands.get(word.toLowerCase());
		if (command === undefined) {
			const meant = nearest(word.toLowerCase(), [...this.#commands.keys()]);
			const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
			this.#write(`There is no command "${word}".${hint} "help" lists them.`);
			return;
		}
		try {
			command.run(rest);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#write(`That did not work: ${error.message}.`);
		}
	}

	/** Something happened that a person should see. */
	report(text: string): void {
		this.#write(`* ${text}`);
	}

	#write(text: string): void {
		this.#options.screen.write(`${text}\n`);
	}

	#status(): void {
		const { node, port, machine } = this.#options;
		const { identity, chain, suite } = node;
		const others = chain.members.all.filter(member => node.addressOf(member) !== undefined).length;
		this.#write(
			`node     ${identity.name} (${typeName(identity.type)}), id ${identity.idText}, port ${port}`
		);
		this.#write(
			`home     ${toHex(identity.home)}, suite ${suite.name}${suite.warning && ` - ${suite.warning}`}`
		);
		this.#write(`state    ${node.device.state}${node.isRemoved ? "; removed from the home" : ""}`);
		this.#write(
			`chain    ${chain.length} blocks, room for ${chain.room}, digest ${toHex(chain.digest.subarray(0, 8))}`
		);
		this.#write(
			`members  ${chain.members.size}; ${others} with a known address, ${node.sessions} authenticated here`
		);
		for (const line of machineLines(machine)) this.#write(line);
		const { values, writes, fault } = node.flash;
		const refused = fault === undefined ? "" : `; it refuses more (${fault}): ${roomHint}`;
		this.#write(`flash    ${values} values, ${writes} writes since start${refused}`);
	}

	#members(): void {
		const { node } = this.#options;
		for (const member of node.chain.members.all) {
			const address = node.addressOf(member);
			const where = member.idText === node.identity.idText ? "this node" : address && addressText(address);
			const rank = member.isAdmin ? `, ${rankName(member.rank)}` : "";
			const frozen = member.isFrozen ? "; two keys claim to be it" : "";
			const label = node.chain.members.label(member);
			this.#write(
				`${member.idText}  ${label} (${typeName(member.type)}${rank})  ${where ?? "address not known"}${frozen}`
			);
		}
	}

	#chain(): void {
		const { chain } = this.#options.node;
		for (let number = 0; number < chain.length; number += 1) this.#write(blockLine(chain, number));
		for (const evidence of chain.members.evidence) this.#write(evidenceLine(chain, evidence));
	}

	/** Written block by block: a board has no room for the whole. */
	#export(): void {
		const { screen, node } = this.#options;
		screen.write("[");
		for (let number = 0; number < node.chain.length; number += 1) {
			screen.write(`${number === 0 ? "" : ","}${exportBlock(node.chain, number)}`);
		}
		screen.write("]\n");
	}

	#task(rest: string): void {
		const { node } = this.#options;
		// A name may have spaces: the action is the last word.
		const [, who = "", action = ""] = /^(.*\S)\s+(\S+)$/.exec(rest) ?? [];
		if (who === "") {
			this.#write("Say whom and what: task WHO ACTION.");
			return;
		}
		if (!isAction(action)) {
			const meant = nearest(action, actions);
			const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
			this.#write(`There is no action "${action}".${hint} There are ${actions.join(", ")}.`);
			return;
		}
		const target = node.find(who, action);
		if ("fault" in target) {
			this.#write(`No: ${target.fault}.`);
			return;
		}
		for (const member of target.members) this.#ask(member, action);
	}

	#watch(who: string): void {
		const { node } = this.#options;
		const target = node.find(who, "read");
		if (who === "" || "fault" in target) {
			this.#write("fault" in target && who !== "" ? `No: ${target.fault}.` : "Say whom: watch WHO.");
			return;
		}
		for (const member of target.members) {
			this.#watching.get(member.idText)?.();
			this.#watching.set(member.idText, node.watch(member, this.#shower(member)));
		}
	}

	#unwatch(): void {
		for (const cancel of this.#watching.values()) cancel();
		this.#watching.clear();
		this.#write("Watching nobody.");
	}

	/** Shows what comes of a task, or of watching. */
	#shower(member: Member): (result: TaskResult) => void {
		const label = this.#options.node.chain.members.label(member);
		return result => {
			if (result === "no answer") this.#write(`${label}: no answer`);
			else this.#write(`${label}: ${"state" in result ? result.state : result.refused}`);
		};
	}

	#ask(member: Member, action: Action): void {
		const { node } = this.#options;
		const show = this.#shower(member);
		try {
			node.task(member, action, show);
		} catch (error) {
			if (!(error instanceof ActionError)) throw error;
			show({ refused: error.message });
		}
	}

	#invite(rest: string): void {
		const seconds = rest === "" ? inviteRange.usual : Number(rest);
		const { least, most } = inviteRange;
		if (!(Number.isInteger(seconds) && seconds >= least && seconds <= most)) {
			this.#write(`Say for how many seconds, ${least} to ${most}.`);
			return;
		}
		const { node } = this.#options;
		node.invite(seconds);
		if (node.suite.invites) this.#write(`Inviting for ${seconds} seconds.`);
		else this.#write("This home admits who knows the password at any time.");
	}

	#uninvite(): void {
		const { node } = this.#options;
		node.uninvite();
		if (node.suite.invites) this.#write("Not inviting.");
		else this.#write("This home admits who knows the password at any time.");
	}

	#password(): void {
		const { node, questions } = this.#options;
		askPassword(questions, (password, pin) => {
			node.changePassword({ password, pin }, fault => {
				this.#write(fault === undefined ? "The home has a new password." : `No: ${fault}.`);
			});
		});
	}

	#wifi(rest: string): void {
		const { screen, questions, machine } = this.#options;
		joinWifi({ screen, questions, join: credentials => machine.joinWifi(credentials) }, rest);
	}

	#reset(): void {
		const { questions, node, onWiped } = this.#options;
		const text = "This wipes the node's key and chain for good; the home keeps its block. Wipe?";
		questions.confirm(text, yes => {
			if (!yes) {
				this.#write("Nothing was wiped.");
				return;
			}
			try {
				node.wipe();
			} catch (error) {
				if (!(error instanceof StoreError)) throw error;
				this.#write(`Not everything could be wiped: ${error.message}. Try again.`);
				return;
			}
			this.#write("Wiped. Start again to set the node up.");
			onWiped();
		});
	}

	#help(): void {
		for (const { usage, help } of this.#commands.values()) this.#write(`${usage.padEnd(20)} ${help}`);
	}
}
