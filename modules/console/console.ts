import type { IdText, Member } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import { actions, actionsOf, isAction } from "../devices/devices.js";
import { nearest, quoted } from "../names/names.js";
import { findMember, leftOutText, type Node, type TaskResult } from "../node/node.js";
import { StoreError } from "../store/store.js";
import { chainPieces } from "./chain-text.js";
import { type CommandName, commands, inviteRange, isCommand } from "./commands.js";
import { type Completion, completion } from "./completion.js";
import { exportPieces } from "./export.js";
import { GroupTask } from "./group-task.js";
import { LongOutput } from "./long-output.js";
import type { Machine } from "./machine.js";
import { NameCommands } from "./name-commands.js";
import { memberPieces, showStatus } from "./overview.js";
import type { Questions } from "./questions.js";
import type { Screen } from "./screen.js";
import { askNewPassword } from "./setup.js";
import { StewardCommands } from "./steward-commands.js";
import { joinWifi } from "./wifi.js";
import { askWipe } from "./wipe.js";
import { firstWord, lastWord, no } from "./words.js";

export { inviteRange } from "./commands.js";
export { type Beginning, FirstStart } from "./first-start.js";
export type { Machine } from "./machine.js";
export { Questions } from "./questions.js";
export { Repeats } from "./repeats.js";
export { Screen, type TerminalLike } from "./screen.js";
export type { GivenAnswers } from "./setup.js";
export { Unasked } from "./unasked.js";
export { askWifi, joinWifi, type WifiMachine } from "./wifi.js";
export { askWipe } from "./wipe.js";

export interface ConsoleOwner {
	/** The person wants the program to end. */
	quit(): void;
	/** Everything was wiped. */
	wiped(): void;
}

export interface ConsoleOptions {
	readonly clock: Clock;
	readonly screen: Screen;
	readonly questions: Questions;
	readonly node: Node;
	readonly port: number;
	readonly machine: Machine;
	readonly owner: ConsoleOwner;
}

/** The command line of a node. */
export class Console {
	/** Who carries out what; `rest` is what stands after the command's name, `age` as of `execute`. */
	static readonly #run: Readonly<Record<CommandName, (console: Console, rest: string, age: number) => void>> =
		Object.freeze({
			status: console => showStatus(console.#options),
			members: console => console.showLong(memberPieces(console.#options)),
			chain: console => console.chain(),
			task: (console, rest, age) => console.task(rest, age),
			watch: (console, rest) => console.watch(rest),
			unwatch: console => console.unwatch(),
			invite: (console, rest) => console.invite(rest),
			uninvite: console => console.uninvite(),
			password: console => console.changePassword(),
			remove: (console, rest) => console.#steward.remove(rest),
			replace: (console, rest) => console.#names.replace(rest),
			rename: (console, rest) => console.#names.rename(rest),
			confirm: (console, rest) => console.#steward.confirm(rest),
			grant: (console, rest) => console.#steward.grant(rest, true),
			ungrant: (console, rest) => console.#steward.grant(rest, false),
			grants: console => console.showLong(console.#steward.grantPieces(console.#options.screen)),
			rotate: console => console.#steward.rotate(),
			checkpoint: console => console.#steward.checkpoint(),
			recover: (console, rest) => console.#steward.recover(rest),
			recovery: console => console.#steward.checkRecoveryKey(),
			wifi: (console, rest) => console.wifi(rest),
			export: console => console.export(),
			reset: console => console.reset(),
			// What is right never comes here: the host has taken it.
			line: console => console.write("Say which line is to be how: line N 0 or line N 1."),
			help: (console, rest) => console.help(rest),
			quit: console => {
				console.finish();
				console.#options.owner.quit();
			}
		});
	readonly #options: ConsoleOptions;
	readonly #steward: StewardCommands;
	readonly #names: NameCommands;
	/** What is being shown over several turns. */
	#long: LongOutput | undefined;
	readonly #watching = new Map<IdText, Cancel>();

	constructor(options: ConsoleOptions) {
		this.#options = options;
		const { node, questions } = options;
		this.#steward = new StewardCommands({ node, questions, console: this });
		this.#names = new NameCommands({ node, questions, write: line => this.write(line) });
	}

	/**
	 * Carries out a line that was typed; null for one that is no text. Never throws for what a person can type. `age`:
	 * milliseconds for which it may have been typed already.
	 */
	execute(line: string | null, age = 0): void {
		if (line === null) {
			this.write("That line is too long, or not UTF-8.");
			return;
		}
		const [word, rest] = firstWord(line);
		if (word === "") return;
		const name = this.command(word);
		if (name === undefined) return;
		const { usage } = commands[name];
		if (rest !== "" && usage === name) {
			this.write(`"${name}" takes nothing after it: type "${name}" alone.`);
			return;
		}
		try {
			Console.#run[name](this, rest, age);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.write(`That did not work: ${error.message}.`);
		}
	}

	/** The command that is meant; says so where there is none. */
	private command(word: string): CommandName | undefined {
		const name = word.toLowerCase();
		if (isCommand(name) && this.has(name)) return name;
		const meant = nearest(name, Object.keys(commands));
		const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
		this.write(`There is no command ${quoted(word)}.${hint} "help" lists them.`);
		return undefined;
	}

	/** Whether this machine has it. */
	private has(name: string): boolean {
		return name !== "line" || this.#options.machine.hasVirtualLines;
	}

	/** Whether it is known, and can do nothing on this machine. */
	private isUseless(name: string): boolean {
		return name === "wifi" && this.#options.machine.wifiRefusal !== undefined;
	}

	/** How what was typed so far can go on. */
	complete(text: string): Completion {
		return completion(
			text,
			this.#options.node.chain.members,
			name => this.has(name) && !this.isUseless(name)
		);
	}

	/** Shows a line. */
	write(text: string): void {
		this.#options.screen.line(text);
	}

	private chain(): void {
		this.showLong(chainPieces(this.#options.screen, this.#options.node.chain));
	}

	/** Written block by block: a board has no room for the whole. */
	private export(): void {
		this.showLong(exportPieces(this.#options.screen, this.#options.node.chain));
	}

	/** Shows what takes a board long, over several turns. */
	private showLong(pieces: Iterator<void>): void {
		if (this.#long !== undefined) {
			this.write("Something long is being shown: say that again afterwards.");
			return;
		}
		const { clock, screen } = this.#options;
		const done = () => {
			this.#long = undefined;
		};
		this.#long = new LongOutput({ clock, screen, pieces, done });
		this.#long.begin();
	}

	/** Shows what is not shown yet of something long: nobody will be there later. */
	finish(): void {
		this.#long?.finish();
	}

	private task(rest: string, age: number): void {
		const { clock, node } = this.#options;
		// A name may have spaces: the action is the last word.
		const [who, last] = lastWord(rest);
		const action = last.toLowerCase();
		if (who === "") {
			this.write(`Say whom and what: task WHO ACTION.${this.ableText(last)}`);
			return;
		}
		if (!isAction(action)) {
			const meant = nearest(action, actions);
			const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
			this.write(`There is no action ${quoted(action)}.${hint} There are ${actions.join(", ")}.`);
			return;
		}
		const target = node.find(who, action);
		if ("fault" in target) {
			this.write(no(target.fault));
			return;
		}
		this.tellUnseen(target.unseen);
		const { members } = target;
		const label = (member: Member) => node.chain.members.label(member);
		const text = (member: Member, result: TaskResult) => node.resultText(member, result);
		const task = new GroupTask({ clock, members, label, text, write: line => this.write(line) });
		node.task(members, action, (member, result) => task.show(member, result), age);
	}

	/** What a member can do, where one is meant; else nothing. */
	private ableText(who: string): string {
		const { chain } = this.#options.node;
		const found = who === "" ? undefined : findMember(chain, who);
		if (found === undefined || "fault" in found) return "";
		const { member } = found;
		return ` ACTION for ${chain.members.label(member)} is ${actionsOf(member.type).join(", ")}.`;
	}

	/** A lock that no owner has confirmed takes part in nothing that is asked of a group. */
	private tellUnseen(unseen: readonly Member[]): void {
		for (const member of unseen) this.write(leftOutText(this.#options.node.chain, member));
	}

	private watch(who: string): void {
		const { node } = this.#options;
		const target = node.find(who, "read");
		if (who === "" || "fault" in target) {
			this.write("fault" in target && who !== "" ? no(target.fault) : "Say whom: watch WHO.");
			return;
		}
		this.tellUnseen(target.unseen);
		// Who was removed says nothing any more, and keeps no place.
		for (const [id, cancel] of this.#watching) {
			if (node.chain.members.get(id) !== undefined) continue;
			cancel();
			this.#watching.delete(id);
		}
		const left: string[] = [];
		for (const member of target.members) {
			this.#watching.get(member.idText)?.();
			this.#watching.delete(member.idText);
			const isOwn = member.idText === node.identity.idText;
			const others = this.#watching.size - (this.#watching.has(node.identity.idText) ? 1 : 0);
			if (!isOwn && others >= node.watchLimit) left.push(node.chain.members.label(member));
			else this.#watching.set(member.idText, node.watch(member, this.shower(member)));
		}
		if (left.length > 0) {
			this.write(`Not watching ${left.join(", ")}: ${node.watchLimit} others at once are the most here.`);
		}
	}

	private unwatch(): void {
		for (const cancel of this.#watching.values()) cancel();
		this.#watching.clear();
		this.write("Watching nobody.");
	}

	/** Shows what comes of a task, or of watching. */
	private shower(member: Member): (result: TaskResult) => void {
		const { node } = this.#options;
		const label = node.chain.members.label(member);
		return result => this.write(`${label}: ${node.resultText(member, result)}`);
	}

	private invite(rest: string): void {
		const seconds = rest === "" ? inviteRange.usual : Number(rest);
		const { least, most } = inviteRange;
		if (!(Number.isInteger(seconds) && seconds >= least && seconds <= most)) {
			this.write(`Say for how many seconds, ${least} to ${most}.`);
			return;
		}
		const { node } = this.#options;
		const fault = node.invite(seconds);
		if (fault !== undefined) this.write(`No: ${fault}.`);
		else if (node.suite.invites) this.write(`Inviting for ${seconds} seconds.`);
		else this.write("This home admits who knows the password at any time.");
	}

	private uninvite(): void {
		const { node } = this.#options;
		node.uninvite();
		if (node.suite.invites) this.write("Not inviting.");
		else this.write("This home admits who knows the password at any time.");
	}

	/** Asks for a new password of the home and sets it. */
	changePassword(): void {
		const { node, questions } = this.#options;
		const refusal = node.passwordChangeFault;
		if (refusal !== undefined) {
			this.write(`No: ${refusal}.`);
			return;
		}
		askNewPassword(questions, (password, pin) => {
			node.changePassword({ password, pin }, fault => {
				this.write(fault === undefined ? "The home has a new password." : `No: ${fault}.`);
			});
		});
	}

	private wifi(rest: string): void {
		const { screen, questions, machine } = this.#options;
		joinWifi({ screen, questions, machine }, rest);
	}

	private reset(): void {
		const { questions, node, owner } = this.#options;
		const text = "This wipes the node's key and chain for good; the home keeps its block.";
		askWipe({ questions, text }, isWiped => {
			if (!isWiped) {
				this.write("Nothing was wiped.");
				return;
			}
			try {
				node.wipe();
			} catch (error) {
				if (!(error instanceof StoreError)) throw error;
				this.write(`Not everything could be wiped: ${error.message}. Try again.`);
				return;
			}
			this.write("Wiped. Start again to set the node up.");
			owner.wiped();
		});
	}

	/** All commands, or one. */
	private help(word: string): void {
		if (word !== "") {
			const name = this.command(word);
			if (name === undefined) return;
			const { usage, help, example } = commands[name];
			this.write(`${usage}: ${help}.`);
			const { line } = this.#options.machine;
			this.write(`For example: ${name === "line" && line !== undefined ? `line ${line} 1` : example}`);
			return;
		}
		for (const [name, { usage, help }] of Object.entries(commands))
			if (this.has(name) && !this.isUseless(name)) this.write(`${usage.padEnd(24)} ${help}`);
	}
}
