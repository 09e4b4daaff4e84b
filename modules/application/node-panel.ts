import type { Member } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { inviteRange } from "../console/console.js";
import { type Action, isAction, type Line } from "../devices/devices.js";
import {
	askedAtOnce,
	leftOutText,
	type Node,
	type Settings,
	type Target,
	type TaskResult
} from "../node/node.js";
import { Panel, type PanelOwner, type Sign } from "../panel/panel.js";
import type { Connection } from "./connection.js";
import type { Guard } from "./guard.js";
import type { EdgeEvents, Host } from "./host.js";

/** Milliseconds after which the sessions with the devices that the button is for are looked after again. */
const lookInterval = 300_000;

export interface NodePanelOwner {
	/** What the LED shows while this node is no member; undefined once it is one. */
	beginning(): Sign | undefined;
	/** A short press while there is no node yet. Whether it was of use. */
	pressed(): boolean;
	/** Told what a person should see, a line each. */
	report(text: string): void;
	/** Wipes the node. */
	wipe(): void;
}

export interface NodePanelOptions {
	readonly host: Host;
	readonly clock: Clock;
	readonly guard: Guard;
	readonly connection: Connection;
	readonly settings: Settings;
	readonly owner: NodePanelOwner;
}

/** Whom the configured task is for, as the home was. */
interface Aim {
	readonly members: Node["chain"]["members"];
	readonly found: Target;
	readonly action: Action;
}

/** What the button does and the LED shows on this node. Without a node it can only be wiped. */
export class NodePanel implements PanelOwner, EdgeEvents {
	readonly clock: Clock;
	readonly button: { read(): number } | undefined;
	readonly led: Line | undefined;
	readonly #guard: Guard;
	readonly #connection: Connection;
	readonly #task: string | undefined;
	readonly #owner: NodePanelOwner;
	readonly #panel: Panel;
	#node: Node | undefined;
	/** Of a press that has begun: its end need not look for that again. */
	#aim: Aim | undefined;

	/** Throws what the host throws when it has no such pins. */
	constructor({ host, clock, guard, connection, settings, owner }: NodePanelOptions) {
		const { button, led, buttonTask } = settings;
		this.clock = clock;
		this.#guard = guard;
		this.#connection = connection;
		this.#task = buttonTask;
		this.#owner = owner;
		if (button !== undefined) this.button = host.openInput(button, this);
		if (led !== undefined) this.led = host.openOutput(led);
		this.#panel = new Panel(this);
	}

	/** From now on the panel is this member's; its sessions with those whom the button is for are made ready. */
	take(node: Node): void {
		this.#node = node;
		this.keepReady();
		this.update();
	}

	/** Something has changed that the LED may show. */
	update(): void {
		this.#panel.update();
	}

	/**
	 * Where there is a network, gets now what a press would have to wait for; for no more than `most` devices, since with
	 * more of them it takes several turns all the same.
	 */
	prepare(most = Number.POSITIVE_INFINITY): void {
		if (this.#connection.state !== "online") return;
		const target = this.target();
		if (target === undefined || "fault" in target.found || target.found.members.length > most) return;
		for (const member of target.found.members) this.#node?.look(member);
	}

	stop(): void {
		this.#panel.stop();
	}

	private keepReady(): void {
		if (this.#task === undefined) return;
		this.clock.after(lookInterval, () => this.keepReady());
		this.prepare();
	}

	onEdge(): void {
		this.#guard.run("the button", () => this.#panel.edge());
	}

	standstill(): number {
		return this.#guard.standstill();
	}

	canInvite(): boolean {
		return this.#node?.canInvite === true;
	}

	onReset(): void {
		this.#owner.wipe();
	}

	sign(): Sign {
		const first = this.#owner.beginning();
		if (first !== undefined) return first;
		if (this.#connection.state !== "online") return "offline";
		return this.#node?.isInviting === true ? "inviting" : "online";
	}

	/** Whom the configured task is for now, and what they are to do; undefined where there is no task or no home. */
	private target(): Aim | undefined {
		const words = this.#task;
		if (words === undefined || this.#node === undefined) return undefined;
		const { members } = this.#node.chain;
		if (this.#aim?.members === members) return this.#aim;
		const space = words.lastIndexOf(" ");
		const action = words.slice(space + 1);
		if (!isAction(action)) return undefined;
		return { members, found: this.#node.find(words.slice(0, space), action), action };
	}

	onTouch(): void {
		this.#aim = this.target();
		this.prepare(askedAtOnce);
	}

	onPress(): void {
		const node = this.#node;
		if (node === undefined && this.#owner.pressed()) return;
		const target = this.target();
		this.#aim = undefined;
		if (node === undefined || target === undefined) {
			this.#panel.refused();
			return;
		}
		if ("fault" in target.found) {
			this.#owner.report(`button: ${target.found.fault}`);
			this.#panel.refused();
			return;
		}
		const { members, unseen } = target.found;
		for (const member of unseen) this.#owner.report(`button: ${leftOutText(node.chain, member)}`);
		if (members.length === 0) this.#panel.refused();
		const show = (member: Member, result: TaskResult) => {
			this.#owner.report(`button: ${node.chain.members.label(member)}: ${node.resultText(member, result)}`);
			// What a newer press has replaced has that one's sign.
			const isDone = result === "replaced" || (result !== "no answer" && "state" in result);
			if (!isDone) this.#panel.refused();
		};
		node.task(members, target.action, show, this.standstill());
	}

	onInvite(): void {
		const fault = this.#node?.invite(inviteRange.usual);
		this.#owner.report(`button: ${fault ?? `inviting for ${inviteRange.usual} seconds`}`);
		if (fault !== undefined) this.#panel.refused();
	}
}
